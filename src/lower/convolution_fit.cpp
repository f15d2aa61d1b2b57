#include "lower/convolution_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <tbb/parallel_for.h>

#include "kernels/bits.h"
#include "kernels/error.h"
#include "kernels/fixed_point.h"
#include "quant/linear.h"

namespace citrine {
namespace {

constexpr int kWeightBits = 8;
constexpr int kHighestWeight = 127;  // symmetric: -128 is not used
constexpr int kTriedExponents = 4;   // the covering one and finer ones, which clip
constexpr int kMaxResidualShift = 20;
constexpr double kMaxBias = 1 << 29;  // leaves the products three quarters of the accumulator

std::int32_t rounded(double value) { return static_cast<std::int32_t>(std::floor(value + 0.5)); }

// Fits one convolution; `layer` is what has been chosen so far.
class ConvolutionFit {
 public:
  ConvolutionFit(const FloatConvolution& convolution, const ConvolutionTarget& target,
                 const IntegerNetwork& network, const Calibration& calibration)
      : float_(convolution),
        target_(target),
        network_(network),
        calibration_(calibration),
        layer_(convolution.layer) {
    layer_.weight_bits = kWeightBits;
  }

  std::optional<IntegerLayer> run() {
    if (!choose_weights()) return std::nullopt;
    if (target_.correct_bias) correct_bias();
    if (target_.is_last)
      set_format(layer_, unit(), true, Rectifier::none);
    else
      choose_stored();
    return std::move(layer_);
  }

 private:
  const IntegerLayer& source(std::size_t input) const {
    return network_.layers[static_cast<std::size_t>(layer_.inputs[input])];
  }
  bool has_residual() const { return layer_.inputs.size() > 1; }
  // Exponent of an accumulator.
  int unit() const { return layer_.weight_exponent + source(0).format.exponent; }

  bool choose_weights() {
    double least = std::numeric_limits<double>::infinity();
    std::optional<IntegerLayer> best;
    const int covering = first_weight_exponent();
    for (int exponent = covering; exponent > covering - kTriedExponents; --exponent) {
      if (!set_weights(exponent)) {
        if (exponent == covering) return false;  // those that hold the residual would clip
        continue;
      }
      const double error = summed_error(
          calibration_.trial_count, [&](std::int64_t image) { return accumulator_error(image); });
      if (error < least) best = layer_;
      least = std::min(least, error);
    }
    if (best) layer_ = std::move(*best);
    return best.has_value();
  }

  // Coarse enough for the weights and for the biases, which share the accumulator's unit.
  int first_weight_exponent() const {
    int exponent = covering_exponent(float_.weights, Rectifier::none, kHighestWeight);
    float largest = 0;
    for (const float bias : float_.bias) largest = std::max(largest, std::abs(bias));
    const int input = source(0).format.exponent;
    while (std::ldexp(double{largest}, -exponent - input) > kMaxBias) ++exponent;
    return exponent;
  }

  bool set_weights(int exponent) {
    layer_.weight_exponent = exponent;
    if (has_residual()) {
      layer_.residual_shift = source(1).format.exponent - unit();
      if (layer_.residual_shift < 0 || layer_.residual_shift > kMaxResidualShift) return false;
    }
    layer_.weights.clear();
    for (const float weight : float_.weights) {
      const int code = rounded(std::ldexp(double{weight}, -exponent));
      layer_.weights.push_back(
          static_cast<std::int16_t>(std::clamp(code, -kHighestWeight, kHighestWeight)));
    }
    layer_.bias.clear();
    for (const float bias : float_.bias)
      layer_.bias.push_back(rounded(clamped_bias(std::ldexp(double{bias}, -unit()))));
    return true;
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
      sums[i] = wrap(sums[i] + (std::int64_t{residual[i]} << layer_.residual_shift), 32, true);
    return sums;
  }

  std::span<const float> target(std::int64_t image) const {
    const auto size = static_cast<std::size_t>(layer_.elements());
    return target_.values.subspan(static_cast<std::size_t>(image) * size, size);
  }

  double accumulator_error(std::int64_t image) const {
    const auto sums = accumulators(image);
    const auto wanted = target(image);
    const auto step = static_cast<float>(std::ldexp(1.0, unit()));
    double error = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const float value = rectify(static_cast<float>(sums[i]) * step, target_.rectifier);
      const double difference = double{value} - double{rectify(wanted[i], target_.rectifier)};
      error += difference * difference;
    }
    return error;
  }

  // Shifts each bias by its channel's mean error before the rectifier.
  void correct_bias() {
    const auto filters = layer_.bias.size();
    std::vector<double> errors(filters * static_cast<std::size_t>(calibration_.count));
    tbb::parallel_for(std::int64_t{0}, calibration_.count, [&](std::int64_t image) {
      add_errors(image,
                 std::span(errors).subspan(static_cast<std::size_t>(image) * filters, filters));
    });
    const auto samples = static_cast<double>(layer_.elements()) / static_cast<double>(filters) *
                         static_cast<double>(calibration_.count);
    for (std::size_t filter = 0; filter < filters; ++filter) {
      double sum = 0;
      for (std::size_t i = filter; i < errors.size(); i += filters) sum += errors[i];
      layer_.bias[filter] = rounded(clamped_bias(layer_.bias[filter] + sum / samples));
    }
  }

  // In units of the accumulator.
  void add_errors(std::int64_t image, std::span<double> errors) const {
    const auto sums = accumulators(image);
    const auto wanted = target(image);
    const double scale = std::ldexp(1.0, -unit());
    for (std::size_t i = 0; i < sums.size(); ++i)
      errors[i % errors.size()] += double{wanted[i]} * scale - sums[i];
  }

  void choose_stored() {
    const bool is_signed = target_.rectifier == Rectifier::none;
    const int covering =
        covering_exponent(target_.values, target_.rectifier, is_signed ? 127 : 255);
    const auto errors = stored_errors(covering, is_signed);
    const auto best = std::ranges::min_element(errors) - errors.begin();
    set_stored(layer_, covering - static_cast<int>(best), is_signed);
  }

  void set_stored(IntegerLayer& layer, int exponent, bool is_signed) const {
    set_format(layer, exponent, is_signed, target_.rectifier);
    layer.shift = exponent - unit();
  }

  // Error of each exponent tried, from the covering one to finer ones.
  std::vector<double> stored_errors(int covering, bool is_signed) const {
    std::vector<double> errors;
    for (int tried = 0; tried < kTriedExponents; ++tried) {
      auto layer = layer_;
      set_stored(layer, covering - tried, is_signed);
      errors.push_back(summed_error(calibration_.trial_count, [&](std::int64_t image) {
        return stored_error(layer, image);
      }));
    }
    return errors;
  }

  double stored_error(const IntegerLayer& layer, std::int64_t image) const {
    std::vector<std::int16_t> codes;
    for (const auto sum : accumulators(image))
      codes.push_back(
          static_cast<std::int16_t>(clamp(round_shift(sum, layer.shift), layer.low, layer.high)));
    return squared_error(codes, layer.format.exponent, target(image), target_.rectifier);
  }

  const FloatConvolution& float_;
  const ConvolutionTarget& target_;
  const IntegerNetwork& network_;
  const Calibration& calibration_;
  IntegerLayer layer_;
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
