#pragma once
// Two networks under the same images, or one network before and after hardening.
#include <cstdint>
#include <span>

#include "faultsim/statistics.h"
#include "faultsim/stratification.h"

namespace citrine {

// Pairs of trials by who failed.
struct PairedCounts {
  std::uint64_t both = 0, only_first = 0, only_second = 0, neither = 0;
};

// Share of the first less that of the second, in [-1, 1], from the intervals of both, squared and
// added (Zou and Donner 2008), with the correlation of the two estimates; of Wilson's intervals and
// pairs of one stratum it is Newcombe's method 10 (1998).
Interval difference_interval(const ShareEstimate& first, const ShareEstimate& second,
                             double correlation);

// Pairs of trials of one stratum.
struct StratumPairs {
  double weight = 1;  // of the stratum in both shares
  PairedCounts counts;
};
// Of the weighted shares of failures of both, corrected for continuity if positive; 0 if one has no
// spread.
double correlation(std::span<const StratumPairs> strata);

}  // namespace citrine
