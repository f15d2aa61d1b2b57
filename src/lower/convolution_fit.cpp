#include "lower/convolution_fit.h"

#include <algorithm>
#include <cstdlib>

#include "kernels/error.h"
#include "lower/steps.h"
#include "quant/rescaling.h"

namespace citrine {
namespace {

// How the stored tensor of a convolution is chosen, whose weights and biases are.
class StoredFit {
 public:
  StoredFit(const ConvolutionTrial& trial, IntegerLayer& layer)
      : trial_(trial),
        settings_(trial.calibration().settings),
        rectifier_(trial.target().rectifier),
        number_(settings_.scheme_of(layer.name).stored(rectifier_ == Rectifier::none)),
        layer_(layer) {}

  void run() const {
    const auto values = trial_part(trial_.target().values, trial_.calibration());
    if (settings_.criterion != Criterion::output_error)
      return set(layer_, fitting_step(values, rectifier_, number_, settings_));
    const double covering =
        covering_step(trial_.target().values, rectifier_, number_, settings_.steps);
    const auto steps = tried_steps(covering, settings_.steps);
    set(layer_, steps[least_place(errors(steps))]);
  }

 private:
  void set(IntegerLayer& layer, double step) const {
    set_format(layer, number_, step, rectifier_);
    set_scales(trial_.network(), layer);
  }

  std::vector<double> errors(const std::vector<double>& steps) const {
    std::vector<IntegerLayer> tried(steps.size(), layer_);
    for (std::size_t i = 0; i < steps.size(); ++i) set(tried[i], steps[i]);
    return summed_errors(trial_.calibration().trial_count, steps.size(),
                         [&](std::int64_t image, std::span<double> errors) {
                           const auto sums = trial_.accumulators(layer_, image);
                           for (std::size_t i = 0; i < tried.size(); ++i)
                             errors[i] += stored_error(tried[i], sums, image);
                         });
  }

  double stored_error(const IntegerLayer& layer, const std::vector<std::int32_t>& sums,
                      std::int64_t image) const {
    const auto channels = static_cast<std::size_t>(layer.channels);
    std::vector<std::int16_t> stored(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i)
      stored[i] = store(layer, layer.scale(static_cast<int>(i % channels))(sums[i]));
    return squared_error(stored, layer.format.step,
                         image_values(trial_.target().values, layer, image), rectifier_);
  }

  const ConvolutionTrial& trial_;
  const LowerSettings& settings_;
  Rectifier rectifier_;
  const NumberFormat& number_;
  IntegerLayer& layer_;
};

// The largest bias of a filter with which its accumulator does what it must.
std::int64_t room_for_bias(const IntegerNetwork& network, const IntegerLayer& layer, int filter) {
  const auto highest = layer.accumulator.highest();
  if (layer.accumulator.overflow != Overflow::never) return highest;
  const auto bias = std::abs(std::int64_t{layer.bias[static_cast<std::size_t>(filter)]});
  return highest - (accumulator_bound(network, layer, filter) - bias);
}

// Shifts each bias by its channel's mean error before the rectifier.
void correct_bias(const ConvolutionTrial& trial, IntegerLayer& layer) {
  const auto errors = trial.mean_errors(layer);
  for (std::size_t filter = 0; filter < errors.size(); ++filter) {
    auto& bias = layer.bias[filter];
    const auto most =
        static_cast<std::int32_t>(room_for_bias(trial.network(), layer, static_cast<int>(filter)));
    bias = std::clamp(rounded_bias(bias + errors[filter], layer.accumulator), -most, most);
  }
}

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
  const ConvolutionTrial trial(target, network, calibration);
  auto layer = convolution.layer;
  layer.accumulator = calibration.settings.accumulator;
  layer.product_bits = calibration.settings.product_bits;
  if (!fit_weights(convolution, trial, layer)) return std::nullopt;
  if (target.corrects_bias && calibration.settings.correct_bias) correct_bias(trial, layer);
  if (!target.is_last) {
    StoredFit(trial, layer).run();
    return layer;
  }
  set_format(layer, NumberFormat("linear8"), trial.unit(layer, 0), Rectifier::none);
  set_scales(network, layer);
  return layer;
}

}  // namespace citrine
