#include "report/aggregate.h"

#include <algorithm>
#include <numeric>

namespace citrine {

std::uint64_t OutcomeCounts::trials() const {
  return std::accumulate(of.begin(), of.end(), std::uint64_t{0});
}

double OutcomeCounts::share(OutcomeKind kind) const {
  return static_cast<double>((*this)[kind]) /
         static_cast<double>(std::max<std::uint64_t>(trials(), 1));
}

std::vector<Site> sites_of(std::span<const Row> rows) {
  std::vector<Site> sites;
  for (const auto& row : rows)
    if (std::ranges::find(sites, row.fault.site) == sites.end()) sites.push_back(row.fault.site);
  return sites;
}

std::map<Site, OutcomeCounts> count_by_site(std::span<const Row> rows) {
  std::map<Site, OutcomeCounts> counts;
  for (const auto& row : rows)
    ++counts[row.fault.site].of[static_cast<std::size_t>(row.outcome.kind)];
  return counts;
}

std::map<std::pair<Site, std::uint32_t>, OutcomeCounts> count_by_layer(std::span<const Row> rows) {
  std::map<std::pair<Site, std::uint32_t>, OutcomeCounts> counts;
  for (const auto& row : rows)
    ++counts[{row.fault.site, row.fault.layer}].of[static_cast<std::size_t>(row.outcome.kind)];
  return counts;
}

std::map<Site, std::vector<CurveBand>> curve_bands(std::span<const CurvePoint> curve) {
  std::map<std::pair<Site, double>, std::vector<double>> error_rates;
  for (const auto& point : curve)
    if (point.images > 0)
      error_rates[{point.site, point.rate}].push_back(static_cast<double>(point.wrong) /
                                                      point.images);
  std::map<Site, std::vector<CurveBand>> bands;
  for (const auto& [where, errors] : error_rates) {
    const auto [low, high] = std::ranges::minmax(errors);
    const double mean =
        std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(errors.size());
    bands[where.first].push_back({where.second, mean, low, high, static_cast<int>(errors.size())});
  }
  return bands;
}

}  // namespace citrine
