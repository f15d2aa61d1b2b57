#include "faultsim/outcome_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "faultsim/confidence_sequence.h"
#include "faultsim/site_draws.h"
#include "faultsim/stratification.h"
#include "kernels/error.h"

namespace citrine {
namespace {

std::size_t checked_stratum(std::span<const Stratum> strata, const Fault& fault) {
  const auto index = stratum_of(strata, fault);
  if (index == strata.size())
    throw Error("a fault in ", name_of(fault.site), " of layer ", fault.layer, ", bit ", fault.bit,
                ", must lie in one of ", strata.size(), " strata");
  return index;
}

// Of the strata with trials.
double sum_of_weights(std::span<const StratumOutcomes> strata) {
  double sum = 0;
  for (const auto& stratum : strata) sum += stratum.trials() > 0 ? stratum.weight : 0;
  return sum;
}

// A stratum without trials may have any share.
Interval stratified_interval(std::span<const StratumOutcomes> strata, Event event,
                             double confidence) {
  const double known = sum_of_weights(strata);
  double sum = 0;
  std::vector<StratumCounts> counts;
  for (const auto& stratum : strata) {
    sum += stratum.weight;
    if (stratum.trials() > 0)
      counts.push_back(
          {stratum.weight / known, {stratum.of[event], stratum.trials(), stratum.population}});
  }
  const auto interval = stratified_share(counts, confidence).interval;
  const double share = known / sum;
  return {interval.low * share, interval.high * share + (1 - share)};
}

// A fault's trials are a cluster.
Interval fault_interval(std::span<const EventCounts> faults, Event event, double confidence) {
  if (faults.size() < 2) return {};
  std::vector<Cluster> clusters;
  clusters.reserve(faults.size());
  for (const auto& counts : faults)
    clusters.push_back(
        {static_cast<double>(counts[event]), static_cast<double>(trials_of(counts))});
  return cluster_interval(clusters, confidence);
}

// A permanent fault meets the images in their order; the same set of faults may be drawn again.
bool is_same_cluster(const Row& before, const Row& row) {
  return before.fault == row.fault && before.further == row.further && before.image < row.image;
}

}  // namespace

std::uint64_t OutcomeCounts::trials() const {
  return std::transform_reduce(strata.begin(), strata.end(), std::uint64_t{0}, std::plus(),
                               [](auto& stratum) { return stratum.trials(); });
}

std::uint64_t OutcomeCounts::operator[](Event event) const {
  return std::transform_reduce(strata.begin(), strata.end(), std::uint64_t{0}, std::plus(),
                               [&](auto& stratum) { return stratum.of[event]; });
}

double OutcomeCounts::share(Event event) const {
  double share = 0;
  for (const auto& stratum : strata)
    if (stratum.trials() > 0)
      share += stratum.weight * static_cast<double>(stratum.of[event]) /
               static_cast<double>(stratum.trials());
  return share > 0 ? share / sum_of_weights(strata) : 0;
}

Interval OutcomeCounts::interval(Event event, double confidence) const {
  if (!is_sample()) return kNoInterval;
  if (trials() == 0) return {};
  if (!faults.empty()) return fault_interval(faults, event, confidence);
  if (strata.size() > 1) return stratified_interval(strata, event, confidence);
  const SampleCounts sample{(*this)[event], trials(), strata[0].population};
  return is_sequential ? confidence_sequence(sample, confidence)
                       : share_interval(sample, confidence);
}

OutcomeCounts count_outcomes(std::span<const Row> rows, std::span<const Stratum> strata,
                             bool is_sequential, bool is_permanent) {
  OutcomeCounts counts{.strata = {}, .is_sequential = is_sequential};
  for (const auto& stratum : strata)
    counts.strata.push_back({.weight = stratum.weight, .population = stratum.population});
  const Row* last = nullptr;
  for (const auto& row : rows) {
    add(counts.strata[checked_stratum(strata, row.fault)].of, row.outcome);
    if (!is_permanent) continue;
    if (last == nullptr || !is_same_cluster(*last, row)) counts.faults.emplace_back();
    add(counts.faults.back(), row.outcome);
    last = &row;
  }
  return counts;
}

TrialsByImage trials_by_image(std::span<const Row> rows, std::span<const Stratum> strata,
                              const OutcomeCounts& counts) {
  const double sum = sum_of_weights(counts.strata);
  std::vector<double> weights;  // of a trial, by stratum
  for (const auto& stratum : counts.strata)
    weights.push_back(stratum.weight / sum * static_cast<double>(rows.size()) /
                      static_cast<double>(stratum.trials()));
  TrialsByImage images;
  for (const auto& row : rows) {
    const double weight = weights[checked_stratum(strata, row.fault)];
    auto& image = images[row.image];
    image.all += weight;
    add(image.of, row.outcome, weight);
  }
  return images;
}

Interval image_interval(const TrialsByImage& images, const OutcomeCounts& counts, Event event,
                        const Interval& these) {
  if (!counts.is_sample()) return kNoInterval;
  if (images.size() < 2) return {};
  std::vector<Cluster> clusters;
  clusters.reserve(images.size());
  for (const auto& [image, trials] : images) clusters.push_back(trials.cluster(event));
  const auto like = cluster_interval(clusters);
  if (counts.faults.empty())
    return {std::min(these.low, like.low), std::max(these.high, like.high)};
  const double share = counts.share(event);
  return {std::max(0.0, share - std::hypot(share - these.low, share - like.low)),
          std::min(1.0, share + std::hypot(these.high - share, like.high - share))};
}

}  // namespace citrine
