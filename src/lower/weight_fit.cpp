#include "lower/weight_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kernels/error.h"
#include "lower/steps.h"
#include "quant/rescaling.h"

namespace citrine {
namespace {

constexpr int kMostOctavesCoarser = 3;  // than the criterion's step, for the accumulator

// Parts of an accumulator's range [-2^(bits - 1), 2^(bits - 1)).
double range_part(const Accumulator& accumulator, int halvings) {
  return std::ldexp(1.0, accumulator.bits - 1 - halvings);
}
// Leaves the products three quarters of the accumulator.
double most_bias(const Accumulator& accumulator) { return range_part(accumulator, 2); }
double most_residual_ratio(const Accumulator& accumulator) { return range_part(accumulator, 11); }
// Leaves room for the correction of the bias.
std::int64_t most_fitted(const Accumulator& accumulator) {
  return accumulator.highest() + 1 - static_cast<std::int64_t>(range_part(accumulator, 4));
}

// `layer` is what has been chosen so far. A group of filters shares a weight step: all of them, or
// each has its own.
class WeightFit {
 public:
  WeightFit(const FloatConvolution& convolution, const ConvolutionTrial& trial, IntegerLayer& layer)
      : float_(convolution),
        trial_(trial),
        settings_(trial.calibration().settings),
        layer_(layer),
        dot_steps_(convolution.weights.size() / convolution.bias.size()) {
    const auto& scheme = settings_.scheme_of(layer.name);
    layer_.weight_format = scheme.weights;
    // Logits have one unit.
    groups_ = scheme.is_per_channel && !trial.target().is_last ? float_.bias.size() : 1;
  }

  bool run() {
    auto coarsest = coarsest_steps();
    set(coarsest);
    while (coarsen(coarsest)) set(coarsest);
    if (is_too_coarse(coarsest)) {
      if (has_residual()) return false;
      refuse();
    }
    if (settings_.criterion == Criterion::output_error) set(steps_of_least_error(coarsest));
    return holds_residual();
  }

 private:
  std::size_t group_of(std::size_t filter) const { return groups_ == 1 ? 0 : filter; }
  bool has_residual() const { return layer_.inputs.size() > 1; }
  double input_step() const { return trial_.source(layer_, 0).format.step; }

  // Coarse enough for the biases, which share the accumulator's unit; for the weights by the
  // criterion.
  std::vector<double> coarsest_steps() const {
    std::vector<double> steps;
    for (std::size_t group = 0; group < groups_; ++group)
      steps.push_back(std::max(weight_step(group), bias_step(group)));
    return steps;
  }

  // A filter of zeros has the step of all filters.
  double weight_step(std::size_t group) const {
    auto weights = std::span(float_.weights);
    if (groups_ > 1) weights = weights.subspan(group * dot_steps_, dot_steps_);
    if (std::ranges::all_of(weights, [](float weight) { return weight == 0; }))
      weights = float_.weights;
    if (settings_.criterion == Criterion::output_error)
      return covering_step(weights, Rectifier::none, layer_.weight_format, settings_.steps);
    return fitting_step(weights, Rectifier::none, layer_.weight_format, settings_);
  }

  double bias_step(std::size_t group) const {
    auto biases = std::span(float_.bias);
    if (groups_ > 1) biases = biases.subspan(group, 1);
    const double largest = double{largest_magnitude(biases, Rectifier::none)};
    return largest == 0 ? 0
                        : rounded_up(largest / most_bias(layer_.accumulator) / input_step(),
                                     settings_.steps);
  }

  // Each group's of least output error, of those that are no coarser than `coarsest`.
  std::vector<double> steps_of_least_error(const std::vector<double>& coarsest) {
    auto best = coarsest;
    std::vector<double> least(groups_, std::numeric_limits<double>::infinity());
    for (const double finer : tried_steps(1, settings_.steps)) {
      auto steps = coarsest;
      for (double& step : steps) step *= finer;
      set(steps);
      if (!holds_residual()) break;
      const auto errors = group_errors();
      for (std::size_t group = 0; group < groups_; ++group) {
        if (errors[group] >= least[group] || !fits_accumulator(group)) continue;
        best[group] = steps[group];
        least[group] = errors[group];
      }
    }
    return best;
  }

  std::vector<double> group_errors() const {
    auto errors = trial_.squared_errors(layer_);
    if (groups_ == 1) errors = {std::accumulate(errors.begin(), errors.end(), 0.0)};
    return errors;
  }

  void set(const std::vector<double>& steps) {
    layer_.weight_steps = steps;
    for (std::size_t i = 0; i < float_.weights.size(); ++i)
      layer_.weights[i] = static_cast<std::int16_t>(layer_.weight_format.nearest(
          double{float_.weights[i]} / steps[group_of(i / dot_steps_)]));
    for (std::size_t filter = 0; filter < float_.bias.size(); ++filter)
      layer_.bias[filter] = rounded_bias(double{float_.bias[filter]} / trial_.unit(layer_, filter),
                                         layer_.accumulator);
    set_scales(trial_.network(), layer_);
  }

  double residual_ratio(std::size_t group) const {
    return trial_.source(layer_, 1).format.step / trial_.unit(layer_, group);
  }

  bool holds_residual() const {
    if (!has_residual()) return true;
    for (std::size_t group = 0; group < groups_; ++group)
      if (const double ratio = residual_ratio(group);
          ratio < 1 || ratio > most_residual_ratio(layer_.accumulator))
        return false;
    return true;
  }

  // A filter's own step may be any, as its weights may be much smaller than its bias.
  bool is_too_coarse(const std::vector<double>& steps) const {
    if (std::ranges::all_of(layer_.weights, [](int weight) { return weight == 0; })) return true;
    return layer_.accumulator.overflow == Overflow::never && groups_ == 1 &&
           steps[0] > std::ldexp(weight_step(0), kMostOctavesCoarser);
  }

  // Makes the steps coarser by which an accumulator could overflow; false if there were none.
  bool coarsen(std::vector<double>& steps) const {
    bool is_coarser = false;
    for (std::size_t group = 0; group < groups_; ++group) {
      if (fits_accumulator(group)) continue;
      steps[group] *= 2;
      is_coarser = true;
    }
    return is_coarser;
  }

  bool fits_accumulator(std::size_t group) const {
    if (layer_.accumulator.overflow != Overflow::never) return true;
    for (std::size_t filter = 0; filter < layer_.bias.size(); ++filter)
      if (group_of(filter) == group &&
          accumulator_bound(trial_.network(), layer_, static_cast<int>(filter)) >
              most_fitted(layer_.accumulator))
        return false;
    return true;
  }

  [[noreturn]] void refuse() const {
    throw Error("layer '", layer_.name, "' must have an accumulator of more than ",
                layer_.accumulator.bits, " bits for its biases and weights in ",
                layer_.weight_format.name(),
                layer_.accumulator.overflow == Overflow::never
                    ? ", a shorter format, or one that wraps or saturates"
                    : "");
  }

  const FloatConvolution& float_;
  const ConvolutionTrial& trial_;
  const LowerSettings& settings_;
  IntegerLayer& layer_;
  std::size_t dot_steps_;  // of an output
  std::size_t groups_;
};

}  // namespace

std::int32_t rounded_bias(double bias, const Accumulator& accumulator) {
  const double most = 2 * most_bias(accumulator);
  return static_cast<std::int32_t>(std::floor(std::clamp(bias, -most, most) + 0.5));
}

bool fit_weights(const FloatConvolution& convolution, const ConvolutionTrial& trial,
                 IntegerLayer& layer) {
  layer.weights.resize(convolution.weights.size());
  layer.bias.resize(convolution.bias.size());
  return WeightFit(convolution, trial, layer).run();
}

}  // namespace citrine
