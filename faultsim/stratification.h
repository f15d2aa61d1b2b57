#pragma once
// Estimates from trials of several strata, and how many trials each gets.
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/statistics.h"

namespace citrine {

// Trials of one stratum, drawn uniformly without replacement.
struct StratumCounts {
  double weight = 0;  // of the stratum in the estimate; those of all strata add up to 1
  SampleCounts sample;
};

struct ShareEstimate {
  double share = 0;
  Interval interval;
};

// Weighted share; its interval is that of Fay and Feuer (1997) for weighted sums of counts, with
// the beta distribution in place of the gamma: Clopper and Pearson's for one stratum of a large
// population, and not empty where there are no hits. Throws Error for a stratum without trials.
ShareEstimate stratified_share(std::span<const StratumCounts> strata,
                               double confidence = kConfidence);

// Divides `total` in proportion to `scores`, at most `room` each: largest remainders, ties to the
// first. Throws Error if there is not room for all.
std::vector<std::uint64_t> allocation(std::span<const double> scores,
                                      std::span<const std::uint64_t> room, std::uint64_t total);
// Trials for each stratum after a pilot, in proportion to weight sqrt(p (1-p)) (Neyman 1934), p
// being the pilot's (hits + 1/2) / (trials + 1).
std::vector<std::uint64_t> neyman_allocation(std::span<const StratumCounts> pilot,
                                             std::uint64_t total);

}  // namespace citrine
