#include "faultsim/stratification.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <boost/math/special_functions/beta.hpp>

#include "kernels/error.h"

namespace citrine {
namespace {

void check_strata(std::span<const StratumCounts> strata, double confidence) {
  if (strata.empty()) throw Error("an estimate must have at least one stratum");
  double sum = 0;
  for (std::size_t i = 0; i < strata.size(); ++i) {
    if (strata[i].sample.trials == 0)
      throw Error("each of ", strata.size(), " strata must have a trial, stratum ", i, " has none");
    check(strata[i].sample, confidence);
    if (!(strata[i].weight >= 0))
      throw Error("the weight of a stratum must be at least 0, got ", strata[i].weight);
    sum += strata[i].weight;
  }
  if (!(std::abs(sum - 1) < 1e-6)) throw Error("weights of strata must add up to 1, got ", sum);
}

double share_of(std::span<const StratumCounts> strata) {
  return std::transform_reduce(strata.begin(), strata.end(), 0.0, std::plus(), [](auto& stratum) {
    return stratum.weight * static_cast<double>(stratum.sample.hits) /
           static_cast<double>(stratum.sample.trials);
  });
}

bool is_exhausted(const StratumCounts& stratum) {
  return stratum.sample.trials == stratum.sample.population;
}

// How much one hit moves the estimate.
double leverage(const StratumCounts& stratum) {
  return is_exhausted(stratum) ? -1
                               : stratum.weight / static_cast<double>(stratum.sample.trials + 1);
}

double variance_of(const StratumCounts& stratum, bool has_one_more) {
  const double more = has_one_more ? 1 : 0;
  const double n = static_cast<double>(stratum.sample.trials) + more;
  const double p = (static_cast<double>(stratum.sample.hits) + more) / n;
  const double unseen = is_exhausted(stratum)
                            ? 0
                            : 1 - static_cast<double>(stratum.sample.trials) /
                                      static_cast<double>(stratum.sample.population);
  return stratum.weight * stratum.weight * p * (1 - p) / n * unseen;
}

// Upper bound: quantile of the beta distribution with mean and variance of the estimate after one
// more hit where it moves the estimate most.
double highest(std::span<const StratumCounts> strata, double tail) {
  const auto worst = std::ranges::max_element(strata, {}, leverage);
  if (is_exhausted(*worst)) return share_of(strata);
  double mean = 0, variance = 0;
  for (auto stratum = strata.begin(); stratum != strata.end(); ++stratum) {
    const double more = stratum == worst ? 1 : 0;
    mean += stratum->weight * (static_cast<double>(stratum->sample.hits) + more) /
            (static_cast<double>(stratum->sample.trials) + more);
    variance += variance_of(*stratum, stratum == worst);
  }
  if (mean >= 1 || variance <= 0) return std::min(mean, 1.0);
  const double size = mean * (1 - mean) / variance;
  return boost::math::ibeta_inv(mean * size, (1 - mean) * size, 1 - tail);
}

// Strata that are not full, what is left for them, and the sum of their scores.
struct Remainder {
  std::vector<std::size_t> open;
  std::uint64_t left = 0;
  double sum = 0;
};

// Gives their room to those whose share is more than that, until the others' shares fit.
Remainder fill(std::span<const double> scores, std::span<const std::uint64_t> room,
               std::uint64_t total, std::vector<std::uint64_t>& parts) {
  std::vector<std::size_t> open(scores.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  for (;;) {
    double sum = 0;
    for (const auto i : open) sum += scores[i];
    const auto is_full = [&](std::size_t i) {
      return static_cast<double>(total) * scores[i] >= static_cast<double>(room[i]) * sum;
    };
    const auto full = std::stable_partition(open.begin(), open.end(), std::not_fn(is_full));
    if (full == open.end()) return {std::move(open), total, sum};
    std::uint64_t taken = 0;
    for (auto i = full; i != open.end(); ++i) taken += parts[*i] = room[*i];
    total -= taken;
    open.erase(full, open.end());
  }
}

}  // namespace

ShareEstimate stratified_share(std::span<const StratumCounts> strata, double confidence) {
  check_strata(strata, confidence);
  std::vector<StratumCounts> misses(strata.begin(), strata.end());
  for (auto& [weight, sample] : misses) sample.hits = sample.trials - sample.hits;
  const double tail = (1 - confidence) / 2;
  return {share_of(strata), {1 - highest(misses, tail), highest(strata, tail)}};
}

std::vector<std::uint64_t> allocation(std::span<const double> scores,
                                      std::span<const std::uint64_t> room, std::uint64_t total) {
  std::vector<std::uint64_t> parts(scores.size(), 0);
  auto rest = fill(scores, room, total, parts);
  if (rest.open.empty() && rest.left > 0)
    throw Error("strata must have room for ", total, " trials, got ", total - rest.left);
  const auto share = [&](std::size_t i) {
    return static_cast<double>(rest.left) * scores[i] / rest.sum;
  };
  auto more = rest.left;
  for (const auto i : rest.open) more -= parts[i] = static_cast<std::uint64_t>(share(i));
  std::ranges::stable_sort(rest.open, std::greater(),
                           [&](std::size_t i) { return share(i) - static_cast<double>(parts[i]); });
  for (std::size_t i = 0; i < more; ++i) ++parts[rest.open[i]];
  return parts;
}

std::vector<std::uint64_t> neyman_allocation(std::span<const StratumCounts> pilot,
                                             std::uint64_t total) {
  check_strata(pilot, kConfidence);
  std::vector<double> scores;
  std::vector<std::uint64_t> room;
  for (const auto& [weight, sample] : pilot) {
    const double p =
        (static_cast<double>(sample.hits) + 0.5) / (static_cast<double>(sample.trials) + 1);
    scores.push_back(weight * std::sqrt(p * (1 - p)));
    room.push_back(sample.population - sample.trials);
  }
  return allocation(scores, room, total);
}

}  // namespace citrine
