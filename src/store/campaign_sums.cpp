#include "store/campaign_sums.h"

#include <algorithm>

#include "kernels/error.h"
#include "store/columns.h"
#include "store/sum_columns.h"

namespace citrine {
namespace {

using Count = std::uint64_t;

template <class Visit>
void visit_site(const Visit& visit) {
  visit(
      "population", [](auto& site) -> auto& { return site.population; });
  visit(
      "right", [](auto& site) -> auto& { return site.right; });
  visit(
      "right_sdc", [](auto& site) -> auto& { return site.right_sdc; });
  visit(
      "right_sdc_share", [](auto& site) -> auto& { return site.right_sdc_share; });
  visit(
      "right_sdc_low", [](auto& site) -> auto& { return site.right_sdc_interval.low; });
  visit(
      "right_sdc_high", [](auto& site) -> auto& { return site.right_sdc_interval.high; });
  visit(
      "right_after", [](auto& site) -> auto& { return site.right_after; });
  visit_sum(visit);
}

void check_site(const SiteSummary& site) {
  check_sum(site.sum, "summary");
  check_share(site.right_sdc_share, "summary/right_sdc");
  check_interval(site.right_sdc_interval, "summary/right_sdc");
  const bool is_sample = site.population > 0;
  for (const Event event : kEvents) {
    const auto path = "summary/" + std::string(name_of(event));
    if (is_sample) check_known(site.sum[event].interval, path);
    if (is_sample) check_known(site.sum[event].images_interval, path + "_images");
  }
  if (std::max(site.right, site.right_after) > site.sum.trials() || site.right_sdc > site.right)
    throw Error(
        "summary/right and right_after must be at most the trials, and right_sdc at most right");
}

}  // namespace

void put_summary(Contents& contents, const std::vector<SiteSummary>& sites) {
  put_codes<Site>(contents, "summary/site",
                  column<std::uint8_t>(sites, [](auto& site) { return site.site; }), kSites);
  contents.put_list("summary/trials",
                    column<Count>(sites, [](auto& site) { return site.sum.trials(); }));
  visit_site(put_columns(contents, "summary", sites, false));
}

std::vector<SiteSummary> summary_from(const Contents& contents) {
  std::vector<SiteSummary> sites(contents.list<std::uint8_t>("summary/site").size());
  fill_codes<Site>(
      sites, contents, "summary/site", kSites,
      [](SiteSummary & site) -> auto& { return site.site; });
  visit_site(fill_columns(contents, "summary", sites));
  for (const auto& site : sites) check_site(site);
  fill_column<Count>(sites, contents, "summary/trials", [](SiteSummary& site, Count trials) {
    if (trials != site.sum.trials()) throw Error("summary/trials must be the sum of the outcomes");
  });
  return sites;
}

void put_shapes(Contents& contents, const CampaignResult& result) {
  const auto put = [&](const char* path, const auto& field) {
    contents.put_list(path, column<std::uint32_t>(result.channels, field));
  };
  put("layer_channels", [](auto& layer) { return layer.channels; });
  put("filter_weights", [](auto& layer) { return layer.filter_weights; });
  put("layer_scales", [](auto& layer) { return layer.scales; });
  contents.put_scalar("@array_rows", result.array.rows);
  contents.put_scalar("@array_columns", result.array.columns);
}

void take_shapes(CampaignResult& result, const Contents& contents) {
  result.channels.resize(contents.list<std::string>("layers").size());
  const auto fill = [&](const char* path, const auto& set) {
    fill_column<std::uint32_t>(result.channels, contents, path, set);
  };
  fill("layer_channels", [](auto& layer, auto count) {
    if (count == 0) throw Error("layer_channels must be at least 1, got 0");
    layer.channels = count;
  });
  fill("filter_weights", [](auto& layer, auto count) { layer.filter_weights = count; });
  fill("layer_scales", [](auto& layer, auto count) { layer.scales = count; });
  result.array.rows = contents.scalar<std::uint32_t>("@array_rows");
  result.array.columns = contents.scalar<std::uint32_t>("@array_columns");
  constexpr std::uint32_t kMost = 1U << 15;
  for (const auto size : {result.array.rows, result.array.columns})
    if (size < 1 || size > kMost)
      throw Error("the array must have 1 to ", kMost, " rows and columns, got ", size);
}

}  // namespace citrine
