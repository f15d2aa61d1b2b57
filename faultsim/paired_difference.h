#pragma once
// Two networks under the same images, or one network before and after hardening.
#include <cstdint>

#include "faultsim/statistics.h"

namespace citrine {

// Pairs of trials by who failed.
struct PairedCounts {
  std::uint64_t both = 0, only_first = 0, only_second = 0, neither = 0;
};

// Share of failures of the first less that of the second, in [-1, 1]: Newcombe 1998, method 10
// (Wilson's intervals squared and added, with the correlation of the pairs). Throws Error without
// pairs.
Interval paired_difference(const PairedCounts& counts, double confidence = kConfidence);

}  // namespace citrine
