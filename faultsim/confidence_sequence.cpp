#include "faultsim/confidence_sequence.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/roots.hpp>

#include "faultsim/log_factorial.h"

namespace citrine {
namespace {

// log B(hits + 1/2, misses + 1/2) / B(1/2, 1/2): the chance of one order of the trials under the
// prior.
long double log_mixture(const SampleCounts& counts) {
  using boost::math::lgamma;
  const auto hits = static_cast<long double>(counts.hits);
  const auto trials = static_cast<long double>(counts.trials);
  return lgamma(hits + 0.5L) + lgamma(trials - hits + 0.5L) - lgamma(trials + 1) - 2 * lgamma(0.5L);
}

// log of the chance of one order of the trials where a share p of the population are hits.
long double log_likelihood(const SampleCounts& counts, double p) {
  const auto hits = static_cast<long double>(counts.hits);
  const auto misses = counts.trials - counts.hits;
  if (counts.population >= kFinitePopulation) {
    const auto share = static_cast<long double>(p);
    // Without misses the share may be 1.
    const auto log_misses = misses == 0 ? 0 : static_cast<long double>(misses) * std::log1p(-share);
    return hits * std::log(share) + log_misses;
  }
  const auto size = static_cast<long double>(counts.population);
  // Rounding must not leave fewer hits or misses in the population than were seen.
  const auto bad = std::clamp(p * size, hits, size - static_cast<long double>(misses));
  return log_falling(bad, counts.hits) + log_falling(size - bad, misses) -
         log_falling(size, counts.trials);
}

// The least share whose martingale mixture / likelihood stays below 1 / (1 - confidence).
double lowest(const SampleCounts& counts, double confidence) {
  if (counts.hits == 0) return 0;
  const auto limit = log_mixture(counts) + std::log1p(-static_cast<long double>(confidence));
  const auto excess = [&](double p) {
    return static_cast<double>(limit - log_likelihood(counts, p));
  };
  const bool is_finite = counts.population < kFinitePopulation;
  const auto hits = static_cast<double>(counts.hits);
  const double low = is_finite ? hits / static_cast<double>(counts.population) : 1e-300;
  const double share = hits / static_cast<double>(counts.trials);
  if (excess(low) <= 0) return low;
  std::uintmax_t steps = 2000;
  return boost::math::tools::bisect(excess, low, share,
                                    boost::math::tools::eps_tolerance<double>(40), steps)
      .first;
}

}  // namespace

Interval confidence_sequence(const SampleCounts& counts, double confidence) {
  check(counts, confidence);
  auto misses = counts;
  misses.hits = counts.trials - counts.hits;
  return {lowest(counts, confidence), 1 - lowest(misses, confidence)};
}

}  // namespace citrine
