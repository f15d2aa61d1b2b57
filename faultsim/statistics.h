#pragma once
// Intervals and sample sizes for proportions.
#include <cstdint>

namespace citrine {

struct Interval {
  double low = 0, high = 1;
};

// Wilson 1927, two-sided, level `confidence`; trials > 0.
Interval wilson(std::uint64_t hits, std::uint64_t trials, double confidence = 0.95);
// Clopper and Pearson 1934, exact, never too narrow.
Interval clopper_pearson(std::uint64_t hits, std::uint64_t trials, double confidence = 0.95);
// Trials without replacement so that the margin is `error` at a proportion p of a population
// (Leveugle et al. 2009, eq. 1); t is the normal quantile as printed by the papers (1.96, 2.58).
std::uint64_t sample_size(std::uint64_t population, double error, double t, double p = 0.5);

}  // namespace citrine
