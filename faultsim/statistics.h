#pragma once
// Intervals and sample sizes for proportions.
#include <cstdint>
#include <limits>

namespace citrine {

inline constexpr double kConfidence = 0.95;  // of all results

struct Interval {
  double low = 0, high = 1;
  double width() const { return high - low; }
  bool is_known() const { return low <= high; }
  bool operator==(const Interval&) const = default;
};

// Of what is no sample.
inline constexpr Interval kNoInterval{std::numeric_limits<double>::quiet_NaN(),
                                      std::numeric_limits<double>::quiet_NaN()};

// What a sample found; hits <= trials <= population, trials > 0.
struct SampleCounts {
  std::uint64_t hits = 0, trials = 0, population = 0;
};

// The functions of counts throw Error as check() does.
// Wilson 1927, two-sided, level `confidence`.
Interval wilson(std::uint64_t hits, std::uint64_t trials, double confidence = kConfidence);
// Clopper and Pearson 1934, exact, never too narrow.
Interval clopper_pearson(std::uint64_t hits, std::uint64_t trials, double confidence = kConfidence);
// The same with counts that need not be whole, of an effective sample size: 0 <= hits <= trials,
// trials > 0, confidence in (0, 1), unchecked.
Interval beta_interval(double hits, double trials, double confidence = kConfidence);
// Trials without replacement: exact below 10 hits or 10 misses (Buonaccorsi 1987), else Wilson's
// with z^2 (N-n)/(N-1).
Interval share_interval(const SampleCounts& counts, double confidence = kConfidence);

// Trials without replacement so that the margin is `error` at a proportion p of a population
// (Leveugle et al. 2009, eq. 1); t is the normal quantile as printed by the papers (1.96, 2.58).
// Throws Error unless population and t are above 0, error and p in (0, 1).
std::uint64_t sample_size(std::uint64_t population, double error, double t, double p = 0.5);

// Two-sided quantile of Student's t; degrees > 0, unchecked.
double student_quantile(double degrees, double confidence = kConfidence);

// Throws Error unless the counts are those of a sample and the confidence lies between 0 and 1.
void check(const SampleCounts& counts, double confidence);

}  // namespace citrine
