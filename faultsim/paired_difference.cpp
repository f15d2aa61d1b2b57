#include "faultsim/paired_difference.h"

#include <algorithm>
#include <cmath>

namespace citrine {
namespace {

double margin(double first, double second, double correlation) {
  return std::sqrt(
      std::max(0.0, first * first - 2 * correlation * first * second + second * second));
}

}  // namespace

double correlation(std::span<const StratumPairs> strata) {
  double determinants = 0, corrections = 0, first = 0, second = 0;
  for (const auto& [weight, counts] : strata) {
    const auto a = static_cast<double>(counts.both), b = static_cast<double>(counts.only_first);
    const auto c = static_cast<double>(counts.only_second), d = static_cast<double>(counts.neither);
    const double pairs = a + b + c + d;
    if (pairs == 0) continue;
    const double scale = weight * weight / (pairs * pairs * pairs);
    determinants += scale * (a * d - b * c);
    corrections += scale * pairs / 2;
    first += scale * (a + b) * (c + d);
    second += scale * (a + c) * (b + d);
  }
  if (first == 0 || second == 0) return 0;
  const double corrected =
      determinants > 0 ? std::max(determinants - corrections, 0.0) : determinants;
  return corrected / std::sqrt(first * second);
}

Interval difference_interval(const ShareEstimate& first, const ShareEstimate& second,
                             double correlation) {
  const auto& [a, a_interval] = first;
  const auto& [b, b_interval] = second;
  return {std::max(-1.0, a - b - margin(a - a_interval.low, b_interval.high - b, correlation)),
          std::min(1.0, a - b + margin(a_interval.high - a, b - b_interval.low, correlation))};
}

}  // namespace citrine
