#include <algorithm>

#include "faultsim/outcome_counts.h"
#include "kernels/error.h"
#include "store/campaign_file.h"

namespace citrine {
namespace {

bool is_right(const Row& row, const CampaignResult& result) {
  return row.outcome.golden_class == result.labels[row.image];
}

// Strata of a site, or their part on the images that are right without a fault.
std::vector<Stratum> strata_of(Site site, const CampaignResult& result, bool is_right_only) {
  std::vector<Stratum> strata;
  for (auto stratum : result.strata) {
    if (stratum.site != site) continue;
    // 0 stays that of a list.
    if (is_right_only && stratum.population > 0)
      stratum.population =
          std::max<std::uint64_t>(1, stratum.population / result.images * result.correct);
    strata.push_back(stratum);
  }
  return strata;
}

void summarize_right(SiteSummary& summary, std::span<const Row> rows,
                     const CampaignResult& result) {
  std::vector<Row> right;
  std::ranges::copy_if(rows, std::back_inserter(right),
                       [&](const Row& row) { return is_right(row, result); });
  const auto counts = count_outcomes(right, strata_of(summary.site, result, true),
                                     result.is_sequential, result.is_permanent);
  summary.right = counts.trials();
  summary.right_sdc = counts[OutcomeKind::sdc];
  summary.right_sdc_share = std::min(counts.share(OutcomeKind::sdc), 1.0);
  summary.right_sdc_interval = counts.interval(OutcomeKind::sdc);
  summary.right_after = static_cast<std::uint64_t>(std::ranges::count_if(
      rows, [&](auto& row) { return row.outcome.faulty_class == result.labels[row.image]; }));
}

SiteSummary summarize_site(std::span<const Row> rows, std::uint64_t population,
                           const CampaignResult& result) {
  SiteSummary summary{.site = rows.front().fault.site, .population = population};
  const bool is_drawn_once = result.sampling != Sampling::list && result.faults_per_trial == 1;
  if (is_drawn_once && rows.size() > population)
    throw Error("site ", name_of(summary.site), " has ", rows.size(), " trials, more than its ",
                population, " pairs of a fault and an image");
  summary.sum = summarize_rows(rows, strata_of(summary.site, result, false), result);
  summarize_right(summary, rows, result);
  return summary;
}

// Rows of each site, one after the other.
std::vector<std::span<const Row>> split_by_site(std::span<const Row> rows) {
  std::vector<std::span<const Row>> parts;
  while (!rows.empty()) {
    const auto end = std::ranges::find_if(
        rows, [&](const Row& row) { return row.fault.site != rows.front().fault.site; });
    parts.push_back(rows.first(static_cast<std::size_t>(end - rows.begin())));
    rows = rows.subspan(parts.back().size());
  }
  return parts;
}

// In the order of the strata, each once.
std::vector<Site> sites_of(std::span<const Stratum> strata) {
  std::vector<Site> sites;
  for (const auto& stratum : strata)
    if (std::ranges::find(sites, stratum.site) == sites.end()) sites.push_back(stratum.site);
  return sites;
}

// Rows are in the list's own order; a part of a list need not have all its sites.
std::vector<SiteSummary> summarize_list(const CampaignResult& result) {
  std::vector<SiteSummary> summaries;
  std::uint64_t trials = 0;
  for (const auto site : sites_of(result.strata)) {
    std::vector<Row> rows;
    std::ranges::copy_if(result.rows, std::back_inserter(rows),
                         [&](const Row& row) { return row.fault.site == site; });
    if (!rows.empty()) summaries.push_back(summarize_site(rows, 0, result));
    trials += rows.size();
  }
  if (trials != result.rows.size())
    throw Error("rows of a list must lie in its ", result.strata.size(), " sites");
  return summaries;
}

}  // namespace

std::string layer_name(Site site, std::uint32_t layer, const std::vector<std::string>& layers) {
  return is_array(site) ? "all layers" : layers.at(layer);
}

std::vector<SiteSummary> summarize(const CampaignResult& result) {
  if (result.rows.empty()) return {};
  if (result.sampling == Sampling::list) return summarize_list(result);
  const auto parts = split_by_site(result.rows);
  const auto sites = sites_of(result.strata);
  const bool is_ordered = std::ranges::equal(
      parts, sites, {}, [](std::span<const Row> rows) { return rows.front().fault.site; });
  if (!is_ordered || sites.size() != result.population.size())
    throw Error("rows must come site by site in the order of the ", sites.size(),
                " sites with strata, each once, and with a population each");
  std::vector<SiteSummary> summaries;
  for (std::size_t i = 0; i < parts.size(); ++i)
    summaries.push_back(summarize_site(parts[i], result.population[i], result));
  return summaries;
}

}  // namespace citrine
