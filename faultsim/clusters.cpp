#include "faultsim/clusters.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/students_t.hpp>

#include "kernels/error.h"

namespace citrine {
namespace {

double t_quantile(double degrees, double confidence) {
  return quantile(boost::math::students_t(degrees), 0.5 + confidence / 2);
}

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

}  // namespace

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
  const double ratio =
      t_quantile(std::max(1.0, sum.trials - 1), confidence) / t_quantile(count - 1, confidence);
  const double trials = effective_trials(clusters, sum, count) * ratio * ratio;
  return beta_interval(sum.hits / sum.trials * trials, trials, confidence);
}

}  // namespace citrine
