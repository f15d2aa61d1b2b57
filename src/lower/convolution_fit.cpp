#include "lower/convolution_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <tbb/parallel_for.h>

#include "kernels/bits.h"
#include "kernels/error.h"
#include "kernels/fixed_point.h"

namespace citrine {
namespace {

constexpr int kMaxResidualShift = 20;
constexpr double kMaxBias = 1 << 29;  // leaves the products three quarters of the accumulator

std::int32_t rounded(double value) { return static_cast<std::int32_t>(std::floor(value + 0.5)); }

// Fits one convolution; `layer` is what has been chosen so far. A group of filters shares a weight
// step: all of them, or each has its own.
class ConvolutionFit {
 public:
  ConvolutionFit(const FloatConvolution& convolution, const ConvolutionTarget& target,
                 const IntegerNetwork& network, const Calibration& calibration)
      : float_(convolution),
        target_(target),
        network_(network),
        calibration_(calibration),
        layer_(convolution.layer),
        // Logits have one unit.
        groups_(calibration.scheme.is_per_channel && !target.is_last ? float_.bias.size() : 1) {
    layer_.weight_format = calibration.scheme.weights;
  }

  std::optional<IntegerLayer> run() {
    if (!choose_weights()) return std::nullopt;
    if (target_.correct_bias) correct_bias();
    if (target_.is_last)
      set_format(layer_, NumberFormat("linear8"), unit(0), Rectifier::none);
    else
      choose_stored();
    return std::move(layer_);
  }

 private:
  const IntegerLayer& source(std::size_t input) const {
    return network_.layers[static_cast<std::size_t>(layer_.inputs[input])];
  }
  bool has_residual() const { return layer_.inputs.size() > 1; }
  std::size_t group_of(std::size_t filter) const { return groups_ == 1 ? 0 : filter; }
  // Exponent of an accumulator.
  int unit(std::size_t filter) const {
    return exponents_[group_of(filter)] + exponent_of(source(0));
  }

  // False if the residual does not fit: finer weights would hold it, but clip.
  bool choose_weights() {
    auto covering = covering_exponents();
    for (set_weights(covering); !coarsen(covering);) set_weights(covering);
    auto best = covering;
    std::vector<double> least(groups_, std::numeric_limits<double>::infinity());
    for (int finer = 0; finer < kTriedExponents; ++finer) {
      auto exponents = covering;
      for (int& exponent : exponents) exponent -= finer;
      set_weights(exponents);
      if (!holds_residual()) break;
      const auto errors = accumulator_errors();
      for (std::size_t group = 0; group < groups_; ++group) {
        if (errors[group] >= least[group] || !fits_accumulator(group)) continue;
        best[group] = exponents[group];
        least[group] = errors[group];
      }
    }
    set_weights(best);
    return holds_residual();
  }

  // Coarse enough for the weights and for the biases, which share the accumulator's unit.
  std::vector<int> covering_exponents() const {
    const auto filters = float_.bias.size(), steps = float_.weights.size() / filters;
    std::vector<int> exponents;
    for (std::size_t group = 0; group < groups_; ++group) {
      const auto weights = groups_ == 1 ? std::span(float_.weights)
                                        : std::span(float_.weights).subspan(group * steps, steps);
      const auto biases =
          groups_ == 1 ? std::span(float_.bias) : std::span(float_.bias).subspan(group, 1);
      exponents.push_back(covering_exponent_of(weights, biases));
    }
    return exponents;
  }

  // A filter of zeros has the step that covers all filters.
  int covering_exponent_of(std::span<const float> weights, std::span<const float> biases) const {
    if (std::ranges::all_of(weights, [](float weight) { return weight == 0; }))
      weights = float_.weights;
    int exponent = covering_exponent(weights, Rectifier::none, layer_.weight_format);
    const double bias = absolute(*std::ranges::max_element(biases, {}, absolute));
    while (std::ldexp(bias, -exponent - exponent_of(source(0))) > kMaxBias) ++exponent;
    return exponent;
  }
  static float absolute(float value) { return std::abs(value); }

  void set_weights(const std::vector<int>& exponents) {
    exponents_ = exponents;
    layer_.weight_steps.clear();
    layer_.residual_scales.clear();
    for (std::size_t group = 0; group < groups_; ++group) {
      layer_.weight_steps.push_back(std::ldexp(1.0, exponents[group]));
      const int shift = has_residual() ? unit(group) - exponent_of(source(1)) : 0;
      layer_.residual_scales.push_back({.shift = shift});
    }
    const auto steps = float_.weights.size() / float_.bias.size();
    layer_.weights.clear();
    for (std::size_t i = 0; i < float_.weights.size(); ++i)
      layer_.weights.push_back(static_cast<std::int16_t>(layer_.weight_format.nearest(
          std::ldexp(double{float_.weights[i]}, -exponents[group_of(i / steps)]))));
    layer_.bias.clear();
    for (std::size_t filter = 0; filter < float_.bias.size(); ++filter)
      layer_.bias.push_back(
          rounded(clamped_bias(std::ldexp(double{float_.bias[filter]}, -unit(filter)))));
  }

  // Makes the steps coarser by which an accumulator could overflow; true if there were none.
  bool coarsen(std::vector<int>& exponents) const {
    bool is_fitting = true;
    for (std::size_t group = 0; group < groups_; ++group) {
      if (fits_accumulator(group)) continue;
      ++exponents[group];
      is_fitting = false;
    }
    return is_fitting;
  }

  // With room for the correction of the bias.
  bool fits_accumulator(std::size_t group) const {
    constexpr double kMost = 0x1p31 - 0x1p27;
    const auto steps = layer_.weights.size() / layer_.bias.size();
    const double input = magnitude(source(0)), residual = has_residual() ? magnitude(source(1)) : 0;
    for (std::size_t filter = 0; filter < layer_.bias.size(); ++filter) {
      if (group_of(filter) != group) continue;
      double sum = std::abs(static_cast<double>(layer_.bias[filter])) +
                   std::ldexp(residual, -layer_.residual_scale(static_cast<int>(filter)).shift);
      for (std::size_t i = filter * steps; i < (filter + 1) * steps; ++i)
        sum += std::abs(int{layer_.weights[i]}) * input;
      if (sum > kMost) return false;
    }
    return true;
  }
  static double magnitude(const IntegerLayer& layer) {
    return std::max(-static_cast<double>(layer.low), static_cast<double>(layer.high));
  }

  // Is it shifted left, by at most kMaxResidualShift?
  bool holds_residual() const {
    return std::ranges::all_of(layer_.residual_scales, [](const Scale& scale) {
      return scale.shift <= 0 && scale.shift >= -kMaxResidualShift;
    });
  }

  static double clamped_bias(double bias) { return std::clamp(bias, -2 * kMaxBias, 2 * kMaxBias); }

  // Accumulators of one image, the residual included.
  std::vector<std::int32_t> accumulators(std::int64_t image) const {
    std::vector<std::int32_t> sums(static_cast<std::size_t>(layer_.elements()));
    const auto input = calibration_.codes(source(0), layer_.inputs[0], image);
    calibration_.backend.convolve(convolution_of(network_, layer_, input.data()), sums);
    if (!has_residual()) return sums;
    const auto residual = calibration_.codes(source(1), layer_.inputs[1], image);
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] = wrap(sums[i] + layer_.residual_scale(channel_of(i))(residual[i]), 32, true);
    return sums;
  }
  int channel_of(std::size_t element) const {
    return static_cast<int>(element % static_cast<std::size_t>(layer_.channels));
  }

  std::span<const float> target(std::int64_t image) const {
    const auto size = static_cast<std::size_t>(layer_.elements());
    return target_.values.subspan(static_cast<std::size_t>(image) * size, size);
  }

  // By filter, what `add` adds to the errors of each of `images` images, summed in order.
  template <class Add>
  std::vector<double> filter_errors(std::int64_t images, const Add& add) const {
    const auto filters = layer_.bias.size();
    std::vector<double> errors(filters * static_cast<std::size_t>(images));
    tbb::parallel_for(std::int64_t{0}, images, [&](std::int64_t image) {
      add(image, std::span(errors).subspan(static_cast<std::size_t>(image) * filters, filters));
    });
    for (std::size_t i = filters; i < errors.size(); ++i) errors[i % filters] += errors[i];
    errors.resize(filters);
    return errors;
  }

  // Squared, by group.
  std::vector<double> accumulator_errors() const {
    auto errors = filter_errors(
        calibration_.trial_count,
        [&](std::int64_t image, std::span<double> sums) { add_squared_errors(image, sums); });
    if (groups_ == 1) errors = {std::accumulate(errors.begin(), errors.end(), 0.0)};
    return errors;
  }

  void add_squared_errors(std::int64_t image, std::span<double> errors) const {
    const auto sums = accumulators(image);
    const auto wanted = target(image);
    const auto steps = unit_steps();
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const auto filter = i % errors.size();
      const float value = rectify(static_cast<float>(sums[i]) * steps[filter], target_.rectifier);
      const double difference = double{value} - double{rectify(wanted[i], target_.rectifier)};
      errors[filter] += difference * difference;
    }
  }

  std::vector<float> unit_steps() const {
    std::vector<float> steps;
    for (std::size_t filter = 0; filter < layer_.bias.size(); ++filter)
      steps.push_back(static_cast<float>(std::ldexp(1.0, unit(filter))));
    return steps;
  }

  // Shifts each bias by its channel's mean error before the rectifier.
  void correct_bias() {
    const auto errors =
        filter_errors(calibration_.count,
                      [&](std::int64_t image, std::span<double> sums) { add_errors(image, sums); });
    const auto samples = static_cast<double>(layer_.elements()) /
                         static_cast<double>(layer_.channels) *
                         static_cast<double>(calibration_.count);
    for (std::size_t filter = 0; filter < errors.size(); ++filter)
      layer_.bias[filter] = rounded(clamped_bias(layer_.bias[filter] + errors[filter] / samples));
  }

  // In units of the accumulators.
  void add_errors(std::int64_t image, std::span<double> errors) const {
    const auto sums = accumulators(image);
    const auto wanted = target(image);
    const auto steps = unit_steps();
    for (std::size_t i = 0; i < sums.size(); ++i)
      errors[i % errors.size()] += double{wanted[i]} / double{steps[i % errors.size()]} - sums[i];
  }

  void choose_stored() {
    const auto& number = calibration_.scheme.stored(target_.rectifier == Rectifier::none);
    const int covering = covering_exponent(target_.values, target_.rectifier, number);
    const auto errors = stored_errors(covering, number);
    const auto best = std::ranges::min_element(errors) - errors.begin();
    set_stored(layer_, number, covering - static_cast<int>(best));
  }

  void set_stored(IntegerLayer& layer, const NumberFormat& number, int exponent) const {
    set_format(layer, number, exponent, target_.rectifier);
    layer.scales.clear();
    for (std::size_t group = 0; group < groups_; ++group)
      layer.scales.push_back({.shift = exponent - unit(group)});
  }

  // Error of each exponent tried, from the covering one to finer ones.
  std::vector<double> stored_errors(int covering, const NumberFormat& number) const {
    std::vector<double> errors;
    for (int tried = 0; tried < kTriedExponents; ++tried) {
      auto layer = layer_;
      set_stored(layer, number, covering - tried);
      errors.push_back(summed_error(calibration_.trial_count, [&](std::int64_t image) {
        return stored_error(layer, image);
      }));
    }
    return errors;
  }

  double stored_error(const IntegerLayer& layer, std::int64_t image) const {
    const auto sums = accumulators(image);
    std::vector<std::int16_t> stored(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i)
      stored[i] = store(layer, layer.scale(channel_of(i))(sums[i]));
    return squared_error(stored, layer.format.step, target(image), target_.rectifier);
  }

  const FloatConvolution& float_;
  const ConvolutionTarget& target_;
  const IntegerNetwork& network_;
  const Calibration& calibration_;
  IntegerLayer layer_;
  std::size_t groups_;
  std::vector<int> exponents_;  // of the weight steps, by group
};

ConvolutionShape shape_of(const Node& node, const Shape& input) {
  ConvolutionShape shape{.height = input.height,
                         .width = input.width,
                         .channels = input.channels,
                         .filters = node.op.channels,
                         .kernel = node.op.kernel,
                         .stride = node.op.stride,
                         .padding = node.op.padding,
                         .groups = node.op.groups};
  if (node.op.kind != OpKind::fully_connected) return shape;
  if (input.height != input.width)
    throw Error("layer '", node.name, "' must read a square map to become a convolution, got ",
                input.height, "x", input.width);
  shape.kernel = input.height;
  shape.stride = shape.groups = 1;
  shape.padding = 0;
  return shape;
}

// From [filters, channels, y, x] to [filters, y, x, channels].
std::vector<float> channels_last(const std::vector<float>& weights, const ConvolutionShape& shape) {
  const auto pixels =
      static_cast<std::size_t>(shape.kernel) * static_cast<std::size_t>(shape.kernel);
  const auto channels = static_cast<std::size_t>(shape.group_channels());
  std::vector<float> moved(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t filter = i / (pixels * channels), channel = i / pixels % channels;
    moved[(filter * pixels + i % pixels) * channels + channel] = weights[i];
  }
  return moved;
}

}  // namespace

FloatConvolution float_convolution(const Network& network, int index, std::vector<int> inputs) {
  const auto& node = network.graph.node(index);
  const auto& output = network.graph.shape(index);
  FloatConvolution convolution;
  auto& layer = convolution.layer;
  layer.name = node.name;
  layer.kind = LayerKind::convolution;
  layer.inputs = std::move(inputs);
  layer.height = output.height;
  layer.width = output.width;
  layer.channels = output.channels;
  layer.convolution = shape_of(node, network.graph.shape(node.inputs[0]));
  convolution.weights =
      channels_last(network.weights.at(node.name + ".weight").values, layer.convolution);
  const auto bias = network.weights.find(node.name + ".bias");
  convolution.bias = bias == network.weights.end()
                         ? std::vector<float>(static_cast<std::size_t>(output.channels))
                         : bias->second.values;
  return convolution;
}

std::optional<IntegerLayer> fit_convolution(const FloatConvolution& convolution,
                                            const ConvolutionTarget& target,
                                            const IntegerNetwork& network,
                                            const Calibration& calibration) {
  if (std::ranges::all_of(convolution.weights, [](float weight) { return weight == 0; }))
    throw Error("layer '", convolution.layer.name, "' must have a weight that is not zero");
  return ConvolutionFit(convolution, target, network, calibration).run();
}

}  // namespace citrine
