#include "faultsim/clusters.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"

namespace citrine {
namespace {

// The trials of a simple sample that would tell as much.
double effective_trials(std::span<const Cluster> clusters, const Cluster& sum, double count,
                        double confidence) {
  const double share = sum.hits / sum.trials;
  double squares = 0, fourths = 0, alike = 0;
  for (const auto& [hits, trials] : clusters) {
    const double rest = hits - share * trials, square = rest * rest;
    squares += square;
    fourths += square * square;
    alike += trials * trials;
  }
  // No shares vary more than if all trials of a cluster were alike.
  const double least = sum.trials * sum.trials / alike;
  const double spread = share * (1 - share);
  const double freedom = squares > 0 ? squares * squares / fourths - 1 : 0;
  constexpr double kLittleFreedom = 0.1;  // Student's t is beyond all bounds
  if (spread <= 0 || freedom < kLittleFreedom) return least;
  const double variance = count / (count - 1) * squares / (sum.trials * sum.trials);
  const double ratio = student_quantile(std::max(1.0, sum.trials - 1), confidence) /
                       student_quantile(freedom, confidence);
  return std::max(least, std::min(sum.trials, spread / variance) * ratio * ratio);
}

double share_of(std::span<const Cluster> clusters) {
  Cluster sum;
  for (const auto& [hits, trials] : clusters) sum = {sum.hits + hits, sum.trials + trials};
  return sum.trials > 0 ? sum.hits / sum.trials : 0;
}

}  // namespace

double cluster_correlation(std::span<const Cluster> first, std::span<const Cluster> second) {
  if (first.size() != second.size())
    throw Error("clusters must be the same, got ", first.size(), " and ", second.size());
  const double a = share_of(first), b = share_of(second);
  double squares_a = 0, squares_b = 0, products = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double rest_a = first[i].hits - a * first[i].trials;
    const double rest_b = second[i].hits - b * second[i].trials;
    squares_a += rest_a * rest_a;
    squares_b += rest_b * rest_b;
    products += rest_a * rest_b;
  }
  const double spread = std::sqrt(squares_a * squares_b);
  return spread > 0 ? products / spread : 0;
}

Interval cluster_interval(std::span<const Cluster> clusters, double confidence) {
  if (!(confidence > 0 && confidence < 1))
    throw Error("a confidence must lie between 0 and 1, got ", confidence);
  Cluster sum;
  double count = 0;
  for (const auto& [hits, trials] : clusters) {
    if (!(hits >= 0 && hits <= trials))
      throw Error("hits of a cluster must lie from 0 to ", trials, ", got ", hits);
    sum = {sum.hits + hits, sum.trials + trials};
    count += trials > 0 ? 1 : 0;
  }
  if (count < 2) throw Error("an interval must come from at least two clusters, got ", count);
  const double trials = effective_trials(clusters, sum, count, confidence);
  return beta_interval(sum.hits / sum.trials * trials, trials, confidence);
}

}  // namespace citrine
