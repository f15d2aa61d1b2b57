#include "comparison_coverage.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/special_functions/beta.hpp>

#include "binomial.h"
#include "faultsim/clusters.h"
#include "faultsim/confidence_sequence.h"
#include "faultsim/curve_comparison.h"
#include "faultsim/paired_difference.h"
#include "faultsim/share_comparison.h"

namespace citrine::testing {
namespace {

constexpr double kMore = 1.5;  // the second's share, over the first's

ShareEstimate estimate(std::uint64_t hits, const Simulation& simulation) {
  return {static_cast<double>(hits) / static_cast<double>(simulation.trials),
          share_interval({hits, simulation.trials, simulation.population})};
}

// Hits of `trials` at the same uniform number, whatever the share.
Cluster drawn(std::uint64_t trials, double share, Key key) {
  return {static_cast<double>(binomial(trials, share, key)), static_cast<double>(trials)};
}

double beta_quantile(double mean, double correlation, double probability) {
  const double size = 1 / correlation - 1;
  return boost::math::ibeta_inv(mean * size, (1 - mean) * size, probability);
}

// As image_interval() does from rows.
ShareEstimate image_estimate(const std::vector<Cluster>& clusters, const Simulation& simulation) {
  double hits = 0;
  for (const auto& cluster : clusters) hits += cluster.hits;
  auto result = estimate(static_cast<std::uint64_t>(hits), simulation);
  const auto like = cluster_interval(clusters);
  result.interval = {std::min(result.interval.low, like.low),
                     std::max(result.interval.high, like.high)};
  return result;
}

constexpr int kImages = 1000, kAlwaysWrong = 80, kEverWrong = 820;
constexpr double kScale = 3e-4;  // rate of the first network at which 1 - 1/e of them are wrong

std::vector<double> rates() {
  std::vector<double> values;
  for (int i = 0; i < 13; ++i) values.push_back(std::pow(10, -6 + i / 3.0));
  return values;
}

double mean_error(double rate, double scale) {
  return (kAlwaysWrong + kEverWrong * (1 - std::exp(-rate / scale))) / kImages;
}

const boost::math::lognormal& strengths() {
  static const boost::math::lognormal distribution(-3, 2);
  return distribution;
}

// 1 - E exp(-strength), by the middles of 10 000 equal parts.
double mean_damage() {
  static const double value = [] {
    constexpr int kParts = 10'000;
    double sum = 0;
    for (int i = 0; i < kParts; ++i)
      sum += 1 - std::exp(-quantile(strengths(), (i + 0.5) / kParts));
    return sum / kParts;
  }();
  return value;
}

void add_rows(std::vector<Row>& rows, std::uint64_t trials, std::uint64_t hits,
              std::uint32_t layer) {
  for (std::uint64_t i = 0; i < trials; ++i)
    rows.push_back({.fault = {.site = Site::product, .layer = layer},
                    .image = static_cast<std::uint32_t>(i % 8),
                    .outcome = {.kind = i < hits ? OutcomeKind::sdc : OutcomeKind::benign}});
}

std::vector<Row> stopped_rows(double width, const Simulation& simulation, Key key) {
  SampleCounts sdc{.population = simulation.population};
  do {
    sdc.hits += binomial(simulation.step, simulation.share, split(key, sdc.trials));
    sdc.trials += simulation.step;
  } while (confidence_sequence(sdc).width() > width && sdc.trials < simulation.trials);
  std::vector<Row> rows;
  add_rows(rows, sdc.trials, sdc.hits, 0);
  return rows;
}

std::uint32_t wrong_images(const CurveModel& model, double rate, double scale, Key key) {
  if (!model.is_heavy)
    return kAlwaysWrong +
           static_cast<std::uint32_t>(binomial(kEverWrong, 1 - std::exp(-rate / scale), key));
  constexpr std::uint64_t kBits = 1'000'000'000;
  const auto faults = binomial(kBits, rate / scale / mean_damage() / kBits, key);
  double strength = 0;
  for (std::uint64_t i = 0; i < faults; ++i) strength += quantile(strengths(), uniform(key, i));
  return kAlwaysWrong +
         static_cast<std::uint32_t>(std::lround(kEverWrong * (1 - std::exp(-strength))));
}

std::vector<CurvePoint> curve(const CurveModel& model, double scale, Key key) {
  std::vector<CurvePoint> points;
  for (std::uint64_t i = 0; const double rate : rates())
    for (int seed = 0; seed < model.seeds; ++seed)
      points.push_back({.site = Site::weight_memory,
                        .rate = rate,
                        .seed = seed,
                        .images = kImages,
                        .wrong = wrong_images(model, rate, scale, split(key, i++))});
  return points;
}

ErrorCurve error_curve(const std::vector<CurvePoint>& points) {
  return {points, static_cast<double>(kAlwaysWrong) / kImages};
}

// Where the polyline through the true means has risen.
double true_rate(double rise, double scale) {
  std::vector<double> errors;
  for (const double rate : rates()) errors.push_back(mean_error(rate, scale));
  const std::vector<double> weights(errors.size(), 1);
  return rate_reaching(static_cast<double>(kAlwaysWrong) / kImages + rise, rates(), errors,
                       weights);
}

Run run_of(const Interval& interval, double truth, int seeds) {
  return {holds(interval, truth), std::log10(interval.high / interval.low),
          static_cast<double>(seeds)};
}

}  // namespace

Coverage pair_coverage(const PairModel& model, const Simulation& simulation) {
  return mean_of(simulation.runs, [&](Key key) {
    const double p = simulation.share, both = p * model.overlap;
    PairedCounts counts;
    counts.both = binomial(simulation.trials, both, split(key, "both"));
    auto left = simulation.trials - counts.both;
    counts.only_first = binomial(left, (p - both) / (1 - both), split(key, "first"));
    left -= counts.only_first;
    counts.only_second = binomial(left, (kMore * p - both) / (1 - p), split(key, "second"));
    counts.neither = left - counts.only_second;
    const StratumPairs pairs{.counts = counts};
    const auto interval =
        difference_interval(estimate(counts.both + counts.only_second, simulation),
                            estimate(counts.both + counts.only_first, simulation),
                            model.is_paired ? correlation(std::span(&pairs, 1)) : 0);
    return Run{holds(interval, (kMore - 1) * p), interval.width(),
               static_cast<double>(simulation.trials)};
  });
}

Coverage stopped_coverage(double width, const Simulation& simulation) {
  const auto population = simulation.population;
  const std::vector<Stratum> whole = {{.site = Site::product, .population = population}};
  const std::vector<Stratum> strata = {
      {.site = Site::product, .layer = 0, .population = population, .weight = 0.9},
      {.site = Site::product, .layer = 1, .population = population, .weight = 0.1}};
  return mean_of(simulation.runs, [&](Key key) {
    const auto first = stopped_rows(width, simulation, split(key, "first"));
    std::vector<Row> second;
    const auto each = simulation.trials / strata.size();
    for (std::uint32_t i = 0; i < strata.size(); ++i) {
      const double share = kMore * simulation.share / 2 / strata[i].weight;
      add_rows(second, each, binomial(each, share, split(split(key, "second"), i)), i);
    }
    const auto interval = share_difference({first, whole, true}, {second, strata}).interval;
    return Run{holds(interval, (kMore - 1) * simulation.share), interval.width(),
               static_cast<double>(first.size())};
  });
}

Coverage image_coverage(const ImageModel& model, const Simulation& simulation) {
  return mean_of(simulation.runs, [&](Key key) {
    std::vector<Cluster> first, second;
    const auto each = simulation.trials / model.images;
    for (std::uint64_t i = 0; i < model.images; ++i) {
      const auto share = [&](double mean, const char* name) {
        return beta_quantile(mean, 0.01, uniform(split(key, name), i));
      };
      const double p = simulation.share;
      first.push_back(drawn(each, share(p, "image"), split(split(key, "first"), i)));
      second.push_back(drawn(each, share(kMore * p, model.is_shared ? "image" : "other"),
                             split(split(key, "second"), i)));
    }
    const auto interval =
        difference_interval(image_estimate(second, simulation), image_estimate(first, simulation),
                            model.is_ignored ? 0 : cluster_correlation(first, second));
    return Run{holds(interval, (kMore - 1) * simulation.share), interval.width(),
               static_cast<double>(simulation.trials)};
  });
}

Coverage band_coverage(const CurveModel& model, double rate, std::uint64_t runs) {
  return mean_of(runs, [&](Key key) {
    std::vector<CurvePoint> points;
    for (int seed = 0; seed < model.seeds; ++seed)
      points.push_back(
          {.rate = rate,
           .seed = seed,
           .images = kImages,
           .wrong = wrong_images(model, rate, kScale, split(key, static_cast<unsigned>(seed)))});
    const auto interval = curve_bands(points).at(0).interval;
    return Run{holds(interval, mean_error(rate, kScale)), interval.width(),
               static_cast<double>(model.seeds)};
  });
}

Coverage rise_coverage(const CurveModel& model, std::uint64_t runs) {
  const double truth = true_rate(model.rise, kScale);
  return mean_of(runs, [&](Key key) {
    const auto points = curve(model, kScale, key);
    const auto rate = rise_rates(error_curve(points), std::span(&model.rise, 1)).at(0);
    return run_of(rate.interval, truth, model.seeds);
  });
}

Coverage ratio_coverage(const CurveModel& model, std::uint64_t runs) {
  const double truth = true_rate(model.rise, 3 * kScale) / true_rate(model.rise, kScale);
  return mean_of(runs, [&](Key key) {
    const auto first = curve(model, kScale, key), second = curve(model, 3 * kScale, key);
    const auto ratio =
        rise_ratios(error_curve(first), error_curve(second), std::span(&model.rise, 1)).at(0);
    return run_of(ratio.interval, truth, model.seeds);
  });
}

}  // namespace citrine::testing
