#pragma once
// Counts of outcomes, by site and layer.
#include <array>
#include <cstdint>
#include <map>
#include <span>

#include "faultsim/campaign.h"
#include "faultsim/statistics.h"

namespace citrine {

struct OutcomeCounts {
  std::array<std::uint64_t, kOutcomeKinds> of{};

  std::uint64_t trials() const;
  std::uint64_t operator[](OutcomeKind kind) const { return of[static_cast<std::size_t>(kind)]; }
  double share(OutcomeKind kind) const;
  // Wilson, 95 %; the sampling unit is a (fault, image) pair.
  Interval interval(OutcomeKind kind) const { return wilson((*this)[kind], trials()); }
};

// In the order of the rows, each once.
std::vector<Site> sites_of(std::span<const Row> rows);
std::map<Site, OutcomeCounts> count_by_site(std::span<const Row> rows);
std::map<std::pair<Site, std::uint32_t>, OutcomeCounts> count_by_layer(std::span<const Row> rows);

// Error rate over the seeds of one bit error rate.
struct CurveBand {
  double rate = 0, mean = 0, low = 0, high = 0;  // mean, least and greatest over seeds
  int seeds = 0;
};
std::map<Site, std::vector<CurveBand>> curve_bands(std::span<const CurvePoint> curve);

}  // namespace citrine
