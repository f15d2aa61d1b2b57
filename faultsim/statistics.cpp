#include "faultsim/statistics.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>

#include "faultsim/log_factorial.h"
#include "kernels/error.h"

namespace citrine {
namespace {

constexpr std::uint64_t kFewHits = 10;

// z^2 of the level, times what the population leaves unknown.
double squared_quantile(double confidence, double unknown) {
  const double z = quantile(boost::math::normal(), 0.5 + confidence / 2);
  return z * z * unknown;
}

Interval wilson_interval(std::uint64_t hits, std::uint64_t trials, double z2) {
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(hits) / n;
  const double scale = 1 / (1 + z2 / n);
  const double center = scale * (p + z2 / (2 * n));
  const double margin = scale * std::sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n)));
  // Exact at the ends, where center and margin are equal but for rounding.
  return {hits == 0 ? 0 : std::max(0.0, center - margin),
          hits == trials ? 1 : std::min(1.0, center + margin)};
}

long double falling(std::uint64_t x, std::uint64_t count) {
  return log_falling(static_cast<long double>(x), count);
}

// log of the part of P(counts.hits hits) that is the same however many of the population are hits.
long double log_ways(const SampleCounts& counts) {
  const auto [hits, trials, population] = counts;
  return falling(trials, hits) - falling(hits, hits) - falling(population, trials);
}

// P(at most counts.hits hits) where `bad` of the population are hits, added up from the last term.
double at_most(const SampleCounts& counts, long double ways, std::uint64_t bad) {
  const auto [hits, trials, population] = counts;
  const auto good = population - bad, misses = trials - hits;
  if (good < misses) return 0;
  auto term = static_cast<double>(std::exp(ways + falling(bad, hits) + falling(good, misses)));
  double sum = term;
  for (std::uint64_t i = hits; i > 0 && term > 0; --i) {
    const auto left = good - misses - std::min(good - misses, hits - i);
    term *= static_cast<double>(i) * static_cast<double>(left) /
            (static_cast<double>(bad - i + 1) * static_cast<double>(trials - i + 1));
    sum += term;
  }
  return sum;
}

// The least number of hits in the population, from what is possible, that is_reached.
template <class Condition>
std::uint64_t least_hits(const SampleCounts& counts, const Condition& is_reached) {
  std::uint64_t low = counts.hits, high = counts.population - (counts.trials - counts.hits);
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (is_reached(middle))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

// Exact interval without replacement (Buonaccorsi 1987), for few hits.
Interval hypergeometric(const SampleCounts& counts, double tail) {
  const auto [hits, trials, population] = counts;
  const auto last = population - (trials - hits);
  std::uint64_t low = 0;
  if (hits > 0) {
    const SampleCounts fewer{hits - 1, trials, population};
    const auto ways = log_ways(fewer);
    low = least_hits(counts, [&](auto bad) { return at_most(fewer, ways, bad) < 1 - tail; });
  }
  const auto ways = log_ways(counts);
  const auto beyond =
      least_hits(counts, [&](auto bad) { return at_most(counts, ways, bad) <= tail; });
  const auto high = at_most(counts, ways, beyond) <= tail ? beyond - 1 : last;
  return {static_cast<double>(low) / static_cast<double>(population),
          static_cast<double>(high) / static_cast<double>(population)};
}

Interval exact_interval(const SampleCounts& counts, double confidence) {
  if (counts.population >= kFinitePopulation)
    return clopper_pearson(counts.hits, counts.trials, confidence);
  return hypergeometric(counts, (1 - confidence) / 2);
}

}  // namespace

void check(const SampleCounts& counts, double confidence) {
  if (counts.trials == 0) throw Error("an interval must come from at least one trial");
  if (counts.hits > counts.trials)
    throw Error("hits must be at most ", counts.trials, " trials, got ", counts.hits);
  if (counts.trials > counts.population)
    throw Error("trials must be at most the population of ", counts.population, ", got ",
                counts.trials);
  if (!(confidence > 0 && confidence < 1))
    throw Error("a confidence must lie between 0 and 1, got ", confidence);
}

Interval wilson(std::uint64_t hits, std::uint64_t trials, double confidence) {
  check({hits, trials, trials}, confidence);
  return wilson_interval(hits, trials, squared_quantile(confidence, 1));
}

Interval clopper_pearson(std::uint64_t hits, std::uint64_t trials, double confidence) {
  check({hits, trials, trials}, confidence);
  return beta_interval(static_cast<double>(hits), static_cast<double>(trials), confidence);
}

Interval beta_interval(double hits, double trials, double confidence) {
  using boost::math::ibeta_inv;
  const double tail = (1 - confidence) / 2, misses = trials - hits;
  return {hits <= 0 ? 0 : ibeta_inv(hits, misses + 1, tail),
          misses <= 0 ? 1 : ibeta_inv(hits + 1, misses, 1 - tail)};
}

Interval share_interval(const SampleCounts& counts, double confidence) {
  check(counts, confidence);
  const auto [hits, trials, population] = counts;
  const auto misses = trials - hits;
  if (hits < kFewHits) return exact_interval(counts, confidence);
  if (misses < kFewHits) {
    const auto other = exact_interval({misses, trials, population}, confidence);
    return {1 - other.high, 1 - other.low};
  }
  const double unknown =
      static_cast<double>(population - trials) / static_cast<double>(population - 1);
  return wilson_interval(hits, trials, squared_quantile(confidence, unknown));
}

std::uint64_t sample_size(std::uint64_t population, double error, double t, double p) {
  if (population == 0) throw Error("a sample must come from a population that is not empty");
  if (!(error > 0 && error < 1)) throw Error("a margin must lie between 0 and 1, got ", error);
  if (!(t > 0)) throw Error("a normal quantile must be above 0, got ", t);
  if (!(p > 0 && p < 1)) throw Error("a proportion must lie between 0 and 1, got ", p);
  const auto size = static_cast<double>(population);
  const double sample = size / (1 + error * error * (size - 1) / (t * t * p * (1 - p)));
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(sample)));
}

double student_quantile(double degrees, double confidence) {
  return quantile(boost::math::students_t(degrees), 0.5 + confidence / 2);
}

}  // namespace citrine
