#include "faultsim/share_comparison.h"

#include <algorithm>

#include "faultsim/clusters.h"
#include "faultsim/paired_difference.h"
#include "faultsim/site_draws.h"
#include "kernels/error.h"

namespace citrine {
namespace {

bool is_sdc(const Row& row) { return row.outcome.kind == OutcomeKind::sdc; }

// The rows are of the same faults and images, and weigh the same.
bool has_same_rows(const SiteTrials& first, const SiteTrials& second) {
  const auto is_same = [](const Row& a, const Row& b) {
    return a.fault == b.fault && a.further == b.further && a.image == b.image;
  };
  return std::ranges::equal(first.rows, second.rows, is_same) &&
         std::ranges::equal(first.strata, second.strata);
}

std::vector<StratumPairs> pairs_of(const SiteTrials& first, const SiteTrials& second) {
  std::vector<StratumPairs> pairs;
  for (const auto& stratum : first.strata)
    pairs.push_back({.weight = stratum.weight, .counts = {}});
  for (std::size_t i = 0; i < first.rows.size(); ++i) {
    auto& counts = pairs[stratum_of(first.strata, first.rows[i].fault)].counts;
    const bool a = is_sdc(first.rows[i]), b = is_sdc(second.rows[i]);
    ++(a ? (b ? counts.both : counts.only_first) : (b ? counts.only_second : counts.neither));
  }
  return pairs;
}

// Of the shares on one image, over the images that either has trials on.
double image_correlation(const TrialsByImage& first, const TrialsByImage& second) {
  std::vector<Cluster> of_first, of_second;
  auto images = first;
  images.insert(second.begin(), second.end());
  const auto cluster = [](const TrialsByImage& trials, std::uint32_t image) {
    const auto found = trials.find(image);
    return found == trials.end() ? Cluster{} : found->second.cluster(OutcomeKind::sdc);
  };
  for (const auto& [image, any] : images) {
    of_first.push_back(cluster(first, image));
    of_second.push_back(cluster(second, image));
  }
  return cluster_correlation(of_first, of_second);
}

// Of both shares at once (Bonferroni), so at all looks of one that a stop rule ended.
Interval sequential_interval(const OutcomeCounts& first, const OutcomeCounts& second) {
  constexpr double kOfEach = (1 + kConfidence) / 2;
  const auto a = first.interval(OutcomeKind::sdc, kOfEach);
  const auto b = second.interval(OutcomeKind::sdc, kOfEach);
  return {b.low - a.high, b.high - a.low};
}

}  // namespace

std::string_view name_of(Pairing pairing) { return pairing == Pairing::row ? "row" : "image"; }

ShareDifference share_difference(const SiteTrials& first, const SiteTrials& second) {
  if (first.rows.empty() || second.rows.empty())
    throw Error("a difference must come from trials of both networks");
  const auto a = count_outcomes(first.rows, first.strata, first.is_sequential);
  const auto b = count_outcomes(second.rows, second.strata, second.is_sequential);
  const auto estimate = [](const OutcomeCounts& counts, const Interval& interval) {
    return ShareEstimate{counts.share(OutcomeKind::sdc), interval};
  };
  const auto between = [&](const Interval& of_a, const Interval& of_b, double correlation) {
    return difference_interval(estimate(b, of_b), estimate(a, of_a), correlation);
  };
  const bool is_sequential = first.is_sequential || second.is_sequential;
  const bool is_by_row = has_same_rows(first, second);
  const auto these_a = a.interval(OutcomeKind::sdc), these_b = b.interval(OutcomeKind::sdc);
  ShareDifference result;
  result.pairing = is_by_row ? Pairing::row : Pairing::image;
  result.difference = b.share(OutcomeKind::sdc) - a.share(OutcomeKind::sdc);
  result.interval = is_sequential ? sequential_interval(a, b)
                                  : between(these_a, these_b,
                                            is_by_row ? correlation(pairs_of(first, second)) : 0);
  const auto of_a = trials_by_image(first.rows, first.strata, a);
  const auto of_b = trials_by_image(second.rows, second.strata, b);
  const auto like =
      between(image_interval(of_a, a, OutcomeKind::sdc, these_a),
              image_interval(of_b, b, OutcomeKind::sdc, these_b), image_correlation(of_a, of_b));
  result.images_interval = {std::min(result.interval.low, like.low),
                            std::max(result.interval.high, like.high)};
  return result;
}

}  // namespace citrine
