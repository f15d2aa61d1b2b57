#include "faultsim/curve_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <boost/math/distributions/normal.hpp>

namespace citrine {
namespace {

constexpr std::uint64_t kResamples = 2000;
constexpr double kEndless = std::numeric_limits<double>::infinity();

// Errors of the seeds that both networks have at one rate.
struct Pairs {
  double rate = 0;
  std::vector<double> first, second;
  std::size_t size() const { return first.size(); }
};

std::vector<Pairs> pairs_of(const SeedErrors& first, const SeedErrors& second) {
  std::vector<Pairs> all;
  for (const auto& [rate, seeds] : first) {
    const auto other = second.find(rate);
    if (other == second.end()) continue;
    Pairs pairs{.rate = rate, .first = {}, .second = {}};
    for (const auto& [seed, error] : seeds) {
      const auto match = other->second.find(seed);
      if (match == other->second.end()) continue;
      pairs.first.push_back(error);
      pairs.second.push_back(match->second);
    }
    if (pairs.size() > 0) all.push_back(std::move(pairs));
  }
  return all;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

CurveDifference difference_of(Site site, const Pairs& pairs) {
  std::vector<double> rest(pairs.size());
  std::ranges::transform(pairs.second, pairs.first, rest.begin(), std::minus());
  const double mean = mean_of(rest);
  for (double& value : rest) value = (value - mean) * (value - mean);
  const auto count = static_cast<int>(rest.size());
  const double deviation =
      count > 1 ? std::sqrt(mean_of(rest) * count / static_cast<double>(count - 1)) : 0;
  const auto interval = t_interval(mean, deviation, count);
  return {site, pairs.rate, count, mean,
          Interval{std::max(-1.0, interval.low), std::min(1.0, interval.high)}};
}

// Mean errors of both networks at each rate above 0.
struct MeanCurves {
  std::vector<double> rates, weights, first, second;
};

// Of all seeds, or of as many drawn with replacement.
MeanCurves mean_curves(std::span<const Pairs> pairs, const std::optional<Key>& key) {
  MeanCurves curves;
  std::uint64_t draws = 0;
  for (const auto& [rate, first, second] : pairs) {
    if (rate <= 0) continue;
    double sum_first = 0, sum_second = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const auto seed = key ? uniform_below(*key, draws++, first.size()) : i;
      sum_first += first[seed];
      sum_second += second[seed];
    }
    const auto count = static_cast<double>(first.size());
    curves.rates.push_back(rate);
    curves.weights.push_back(count);
    curves.first.push_back(sum_first / count);
    curves.second.push_back(sum_second / count);
  }
  return curves;
}

// What rate_reaching leaves open, as an interval.
Interval within(double rate, std::span<const double> rates) {
  if (rates.empty()) return {0, kEndless};
  if (rate == 0) return {0, rates.front()};
  return {std::min(rate, rates.back()), rate};
}

// Levels of error that each of the networks reaches.
struct Levels {
  double first = 0, second = 0;
};

Interval ratio_of(const MeanCurves& curves, const Levels& levels) {
  const auto reached = [&](double level, const std::vector<double>& errors) {
    return within(rate_reaching(level, curves.rates, errors, curves.weights), curves.rates);
  };
  const auto first = reached(levels.first, curves.first);
  const auto second = reached(levels.second, curves.second);
  return {second.low / first.high, second.high / first.low};
}

// Share of the resamples beyond each end of the interval.
double tail_of(std::size_t seeds) {
  const auto count = static_cast<double>(seeds);
  const double t = student_quantile(count - 1);
  return cdf(boost::math::normal(), -t * std::sqrt(count / (count - 1)));
}

Interval resampled(std::span<const Pairs> pairs, const Levels& levels, Key key) {
  const auto seeds = std::ranges::min(pairs, {}, &Pairs::size).size();
  if (seeds < 2) return {0, kEndless};
  std::vector<double> lows(kResamples), highs(kResamples);
  for (std::uint64_t i = 0; i < kResamples; ++i) {
    const auto ratio = ratio_of(mean_curves(pairs, split(key, i)), levels);
    lows[i] = ratio.low;
    highs[i] = ratio.high;
  }
  std::ranges::sort(lows);
  std::ranges::sort(highs);
  const auto beyond = static_cast<std::size_t>(tail_of(seeds) * kResamples);
  return {lows[beyond], highs[kResamples - 1 - beyond]};
}

RiseRatio rise_ratio(Site site, double rise, std::span<const Pairs> pairs, const Levels& levels) {
  const Key key = split(split(Key{}, "ratio of rates"), name_of(site));
  const auto found = ratio_of(mean_curves(pairs, {}), levels);
  const auto ratio = found.low == found.high ? std::optional(found.low) : std::nullopt;
  return {site, rise, ratio, resampled(pairs, levels, key)};
}

// Calls visit(site, pairs) for each site that both have a point of.
template <class Visit>
void visit_pairs(std::span<const CurvePoint> first, std::span<const CurvePoint> second,
                 const Visit& visit) {
  const auto others = errors_by_seed(second);
  for (const auto& [site, errors] : errors_by_seed(first)) {
    const auto other = others.find(site);
    if (other == others.end()) continue;
    const auto pairs = pairs_of(errors, other->second);
    if (!pairs.empty()) visit(site, pairs);
  }
}

}  // namespace

std::vector<CurveDifference> curve_differences(std::span<const CurvePoint> first,
                                               std::span<const CurvePoint> second) {
  std::vector<CurveDifference> differences;
  visit_pairs(first, second, [&](Site site, const std::vector<Pairs>& all) {
    for (const auto& pairs : all) differences.push_back(difference_of(site, pairs));
  });
  return differences;
}

std::vector<RiseRatio> rise_ratios(const ErrorCurve& first, const ErrorCurve& second,
                                   std::span<const double> rises) {
  check_rises(rises);
  std::vector<RiseRatio> ratios;
  visit_pairs(first.points, second.points, [&](Site site, const std::vector<Pairs>& pairs) {
    for (const double rise : rises)
      ratios.push_back(
          rise_ratio(site, rise, pairs, {first.fault_free + rise, second.fault_free + rise}));
  });
  return ratios;
}

}  // namespace citrine
