#include "report/aggregate.h"

#include <algorithm>

namespace citrine {

namespace {

Site site_of(const Row& row) { return row.fault.site; }

std::pair<Site, std::uint32_t> place_of(const Row& row) {
  return {row.fault.site, row.fault.layer};
}

template <class Key>
std::map<Key, std::vector<Row>> rows_by(std::span<const Row> rows, Key (*key)(const Row&)) {
  std::map<Key, std::vector<Row>> groups;
  for (const auto& row : rows) groups[key(row)].push_back(row);
  return groups;
}

// Those that hold faults of the layer; of the whole site by default.
std::vector<Stratum> strata_of(const CampaignResult& result, Site site,
                               std::uint32_t layer = Stratum::kAll) {
  std::vector<Stratum> strata;
  for (const auto& stratum : result.strata)
    if (stratum.site == site &&
        (layer == Stratum::kAll || stratum.layer == Stratum::kAll || stratum.layer == layer))
      strata.push_back(stratum);
  return strata;
}

}  // namespace

std::vector<Site> sites_of(std::span<const Row> rows) {
  std::vector<Site> sites;
  for (const auto& row : rows)
    if (std::ranges::find(sites, row.fault.site) == sites.end()) sites.push_back(row.fault.site);
  return sites;
}

std::map<Site, OutcomeCounts> count_by_site(const CampaignResult& result) {
  std::map<Site, OutcomeCounts> counts;
  for (const auto& [site, rows] : rows_by(result.rows, site_of))
    counts[site] =
        count_outcomes(rows, strata_of(result, site), result.is_sequential, result.is_permanent);
  return counts;
}

std::map<std::pair<Site, std::uint32_t>, OutcomeCounts> count_by_layer(
    const CampaignResult& result) {
  std::map<std::pair<Site, std::uint32_t>, OutcomeCounts> counts;
  for (const auto& [where, rows] : rows_by(result.rows, place_of))
    counts[where] = count_outcomes(rows, strata_of(result, where.first, where.second),
                                   result.is_sequential, result.is_permanent);
  return counts;
}

std::map<Site, Interval> image_intervals(const CampaignResult& result) {
  std::map<Site, Interval> intervals;
  for (const auto& [site, rows] : rows_by(result.rows, site_of)) {
    const auto strata = strata_of(result, site);
    intervals[site] = image_interval(
        rows, strata, count_outcomes(rows, strata, result.is_sequential, result.is_permanent));
  }
  return intervals;
}

}  // namespace citrine
