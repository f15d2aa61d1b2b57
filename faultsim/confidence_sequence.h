#pragma once
// Intervals that may be looked at after every trial.
#include "faultsim/statistics.h"

namespace citrine {

// Holds at all numbers of trials at once, so that a campaign may stop when it is narrow enough:
// Robbins' beta-binomial mixture (1970), prior a = b = 1/2 (Howard, Ramdas, McAuliffe, Sekhon
// 2021), for trials without replacement (Waudby-Smith and Ramdas 2020). Throws Error as check()
// does.
Interval confidence_sequence(const SampleCounts& counts, double confidence = kConfidence);

}  // namespace citrine
