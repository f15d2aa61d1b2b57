#include "faultsim/paired_difference.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"

namespace citrine {
namespace {

// Correlation of the pairs, its positive numerator corrected for continuity.
double correlation(const PairedCounts& counts, double pairs) {
  const auto a = static_cast<double>(counts.both), b = static_cast<double>(counts.only_first);
  const auto c = static_cast<double>(counts.only_second), d = static_cast<double>(counts.neither);
  const double product = (a + b) * (c + d) * (a + c) * (b + d);
  if (product == 0) return 0;
  const double determinant = a * d - b * c;
  const double corrected = determinant > 0 ? std::max(determinant - pairs / 2, 0.0) : determinant;
  return corrected / std::sqrt(product);
}

double margin(double first, double second, double phi) {
  return std::sqrt(std::max(0.0, first * first - 2 * phi * first * second + second * second));
}

}  // namespace

Interval paired_difference(const PairedCounts& counts, double confidence) {
  const auto first = counts.both + counts.only_first, second = counts.both + counts.only_second;
  const auto pairs = first + counts.only_second + counts.neither;
  if (pairs == 0) throw Error("a difference must come from at least one pair");
  const auto a = wilson(first, pairs, confidence), b = wilson(second, pairs, confidence);
  const auto n = static_cast<double>(pairs);
  const double share_a = static_cast<double>(first) / n, share_b = static_cast<double>(second) / n;
  const double phi = correlation(counts, n);
  return {share_a - share_b - margin(share_a - a.low, b.high - share_b, phi),
          share_a - share_b + margin(a.high - share_a, share_b - b.low, phi)};
}

}  // namespace citrine
