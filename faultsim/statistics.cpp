#include "faultsim/statistics.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>

#include "kernels/error.h"

namespace citrine {
namespace {

void check_counts(std::uint64_t hits, std::uint64_t trials, double confidence) {
  if (trials == 0) throw Error("an interval must come from at least one trial");
  if (hits > trials) throw Error("hits must be at most ", trials, " trials, got ", hits);
  if (!(confidence > 0 && confidence < 1))
    throw Error("a confidence must lie between 0 and 1, got ", confidence);
}

}  // namespace

Interval wilson(std::uint64_t hits, std::uint64_t trials, double confidence) {
  check_counts(hits, trials, confidence);
  const double z = quantile(boost::math::normal(), 0.5 + confidence / 2);
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(hits) / n;
  const double scale = 1 / (1 + z * z / n);
  const double center = scale * (p + z * z / (2 * n));
  const double margin = scale * z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  // Exact at the ends, where center and margin are equal but for rounding.
  return {hits == 0 ? 0 : std::max(0.0, center - margin),
          hits == trials ? 1 : std::min(1.0, center + margin)};
}

Interval clopper_pearson(std::uint64_t hits, std::uint64_t trials, double confidence) {
  check_counts(hits, trials, confidence);
  using boost::math::binomial;
  const auto n = static_cast<double>(trials), k = static_cast<double>(hits);
  const double tail = (1 - confidence) / 2;
  return {binomial::find_lower_bound_on_p(n, k, tail), binomial::find_upper_bound_on_p(n, k, tail)};
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

}  // namespace citrine
