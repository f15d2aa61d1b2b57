#include "faultsim/clusters.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"

namespace citrine {
namespace {

// The trials of a simple sample that would tell as much.
double effective_trials(std::span<const Cluster> clusters, const Cluster& sum, double count) {
  const double share = sum.hits / sum.trials;
  double squares = 0;
  for (const auto& [hits, trials] : clusters) {
    const double rest = hits - share * trials;
    squares += rest * rest;
  }
  const double variance = count / (count - 1) * squares / (sum.trials * sum.trials);
  const double spread = share * (1 - share);
  return variance > 0 && spread > 0 ? std::min(sum.trials, spread / variance) : sum.trials;
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
  const double ratio = student_quantile(std::max(1.0, sum.trials - 1), confidence) /
                       student_quantile(count - 1, confidence);
  const double trials = effective_trials(clusters, sum, count) * ratio * ratio;
  return beta_interval(sum.hits / sum.trials * trials, trials, confidence);
}

}  // namespace citrine
