#include "store/campaign_sampling.h"

#include <cmath>
#include <map>

#include "kernels/error.h"
#include "store/columns.h"

namespace citrine {
namespace {

void check_strata(const std::vector<Stratum>& strata) {
  std::map<Site, double> sums;
  for (const auto& stratum : strata) {
    if (!(stratum.weight > 0 && stratum.weight <= 1))
      throw Error("strata/weight must lie between 0 and 1, got ", stratum.weight);
    sums[stratum.site] += stratum.weight;
  }
  for (const auto& [site, sum] : sums)
    if (!(std::abs(sum - 1) < 1e-6))
      throw Error("strata/weight of site ", name_of(site), " must add up to 1, got ", sum);
}

}  // namespace

void put_sampling(Contents& contents, const CampaignResult& result) {
  const auto& strata = result.strata;
  check_strata(strata);
  contents.put_scalar("@sampling", std::string(name_of(result.sampling)));
  contents.put_scalar("@sequential", std::uint8_t{result.is_sequential});
  contents.put_scalar("@permanent", std::uint8_t{result.is_permanent});
  const auto together = result.faults_per_trial;
  if (together != 1) contents.put_scalar("@faults_per_trial", together);
  contents.put_scalar(
      "@estimator", describe(result.sampling, result.is_sequential, result.is_permanent, together));
  std::vector<std::string> sites;
  sites.reserve(strata.size());
  for (const auto& stratum : strata) sites.emplace_back(name_of(stratum.site));
  contents.put_list("strata/site", std::move(sites));
  contents.put_list("strata/layer", column<std::uint32_t>(strata, [](auto& s) { return s.layer; }));
  contents.put_list("strata/bit", column<std::uint32_t>(strata, [](auto& s) { return s.bit; }));
  contents.put_list("strata/population",
                    column<std::uint64_t>(strata, [](auto& s) { return s.population; }));
  contents.put_list("strata/weight", column<double>(strata, [](auto& s) { return s.weight; }));
}

void take_sampling(CampaignResult& result, const Contents& contents) {
  result.sampling = sampling(contents.scalar<std::string>("@sampling"));
  result.is_sequential = contents.scalar<std::uint8_t>("@sequential") != 0;
  result.is_permanent = contents.scalar<std::uint8_t>("@permanent") != 0;
  if (contents.has("@faults_per_trial"))
    result.faults_per_trial = contents.scalar<std::uint32_t>("@faults_per_trial");
  contents.scalar<std::string>("@estimator");  // for readers; follows from those above
  auto& strata = result.strata;
  strata.clear();
  for (const auto& name : contents.list<std::string>("strata/site"))
    strata.push_back({.site = site(name)});
  fill_column<std::uint32_t>(strata, contents, "strata/layer",
                             [](Stratum& s, std::uint32_t layer) { s.layer = layer; });
  fill_column<std::uint32_t>(strata, contents, "strata/bit",
                             [](Stratum& s, std::uint32_t bit) { s.bit = bit; });
  fill_column<std::uint64_t>(strata, contents, "strata/population",
                             [](Stratum& s, std::uint64_t pairs) { s.population = pairs; });
  fill_column<double>(strata, contents, "strata/weight",
                      [](Stratum& s, double weight) { s.weight = weight; });
  check_strata(strata);
}

}  // namespace citrine
