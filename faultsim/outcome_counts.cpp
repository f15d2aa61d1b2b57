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

std::uint64_t count(const StratumOutcomes& stratum, OutcomeKind kind) {
  return stratum.of[static_cast<std::size_t>(kind)];
}

// Of the strata with trials.
double sum_of_weights(std::span<const StratumOutcomes> strata) {
  double sum = 0;
  for (const auto& stratum : strata) sum += stratum.trials() > 0 ? stratum.weight : 0;
  return sum;
}

// A stratum without trials may have any share.
Interval stratified_interval(std::span<const StratumOutcomes> strata, OutcomeKind kind,
                             double confidence) {
  const double known = sum_of_weights(strata);
  double sum = 0;
  std::vector<StratumCounts> counts;
  for (const auto& stratum : strata) {
    sum += stratum.weight;
    if (stratum.trials() > 0)
      counts.push_back(
          {stratum.weight / known, {count(stratum, kind), stratum.trials(), stratum.population}});
  }
  const auto interval = stratified_share(counts, confidence).interval;
  const double share = known / sum;
  return {interval.low * share, interval.high * share + (1 - share)};
}

using Kinds = std::array<std::uint64_t, kOutcomeKinds>;

// Few faults with the outcome, or without it, tell little of how much shares vary. Each fault is
// one trial then: no shares between 0 and 1 vary more.
Interval fault_interval(std::span<const Kinds> faults, OutcomeKind kind, double confidence) {
  constexpr std::ptrdiff_t kFew = 10;
  if (faults.size() < 2) return {};
  std::vector<Cluster> clusters;
  Cluster sum;
  for (const auto& kinds : faults) {
    const auto& fault = clusters.emplace_back(Cluster{
        static_cast<double>(kinds[static_cast<std::size_t>(kind)]),
        static_cast<double>(std::accumulate(kinds.begin(), kinds.end(), std::uint64_t{0}))});
    sum = {sum.hits + fault.hits, sum.trials + fault.trials};
  }
  const auto with = std::ranges::count_if(clusters, [](auto& fault) { return fault.hits > 0; });
  const auto without =
      std::ranges::count_if(clusters, [](auto& fault) { return fault.hits < fault.trials; });
  if (std::min(with, without) >= kFew) return cluster_interval(clusters, confidence);
  const auto all = static_cast<double>(faults.size());
  return beta_interval(sum.hits / sum.trials * all, all, confidence);
}

// A permanent fault meets the images in their order; the same set of faults may be drawn again.
bool is_same_cluster(const Row& before, const Row& row) {
  return before.fault == row.fault && before.further == row.further && before.image < row.image;
}

}  // namespace

std::uint64_t StratumOutcomes::trials() const {
  return std::accumulate(of.begin(), of.end(), std::uint64_t{0});
}

std::uint64_t OutcomeCounts::trials() const {
  return std::transform_reduce(strata.begin(), strata.end(), std::uint64_t{0}, std::plus(),
                               [](auto& stratum) { return stratum.trials(); });
}

std::uint64_t OutcomeCounts::operator[](OutcomeKind kind) const {
  return std::transform_reduce(strata.begin(), strata.end(), std::uint64_t{0}, std::plus(),
                               [&](auto& stratum) { return count(stratum, kind); });
}

double OutcomeCounts::share(OutcomeKind kind) const {
  double share = 0;
  for (const auto& stratum : strata)
    if (stratum.trials() > 0)
      share += stratum.weight * static_cast<double>(count(stratum, kind)) /
               static_cast<double>(stratum.trials());
  return share > 0 ? share / sum_of_weights(strata) : 0;
}

Interval OutcomeCounts::interval(OutcomeKind kind, double confidence) const {
  if (!is_sample()) return kNoInterval;
  if (trials() == 0) return {};
  if (!faults.empty()) return fault_interval(faults, kind, confidence);
  if (strata.size() > 1) return stratified_interval(strata, kind, confidence);
  const SampleCounts sample{(*this)[kind], trials(), strata[0].population};
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
    const auto kind = static_cast<std::size_t>(row.outcome.kind);
    ++counts.strata[checked_stratum(strata, row.fault)].of[kind];
    if (!is_permanent) continue;
    if (last == nullptr || !is_same_cluster(*last, row)) counts.faults.emplace_back();
    ++counts.faults.back()[kind];
    last = &row;
  }
  return counts;
}

ImageClusters image_clusters(std::span<const Row> rows, std::span<const Stratum> strata,
                             const OutcomeCounts& counts) {
  const double sum = sum_of_weights(counts.strata);
  std::vector<double> weights;  // of a trial, by stratum
  for (const auto& stratum : counts.strata)
    weights.push_back(stratum.weight / sum * static_cast<double>(rows.size()) /
                      static_cast<double>(stratum.trials()));
  ImageClusters by_image;
  for (const auto& row : rows) {
    const double weight = weights[checked_stratum(strata, row.fault)];
    auto& cluster = by_image[row.image];
    cluster.trials += weight;
    cluster.hits += row.outcome.kind == OutcomeKind::sdc ? weight : 0;
  }
  return by_image;
}

Interval image_interval(std::span<const Row> rows, std::span<const Stratum> strata,
                        const OutcomeCounts& counts) {
  if (!counts.is_sample()) return kNoInterval;
  const auto by_image = image_clusters(rows, strata, counts);
  if (by_image.size() < 2) return {};
  std::vector<Cluster> clusters;
  clusters.reserve(by_image.size());
  for (const auto& [image, cluster] : by_image) clusters.push_back(cluster);
  const auto these = counts.interval(OutcomeKind::sdc), like = cluster_interval(clusters);
  if (counts.faults.empty())
    return {std::min(these.low, like.low), std::max(these.high, like.high)};
  const double share = counts.share(OutcomeKind::sdc);
  return {std::max(0.0, share - std::hypot(share - these.low, share - like.low)),
          std::min(1.0, share + std::hypot(these.high - share, like.high - share))};
}

}  // namespace citrine
