// What an integer network must fulfil before anything runs it; it may come from anybody's file.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <span>
#include <string>

#include "kernels/error.h"
#include "quant/integer_network.h"

namespace citrine {
namespace {

constexpr std::int64_t kMaxExtent = 1 << 20;  // of a map or channel axis
constexpr std::int64_t kMaxKernel = 1 << 10;
constexpr std::int64_t kMaxInputs = 1 << 10;
constexpr std::int64_t kMaxElements = std::numeric_limits<std::int32_t>::max();
constexpr int kMaxExponent = 64;

// Of what a layer stores; of anything that its codes can be read as.
std::int64_t stored_magnitude(const IntegerLayer& layer) {
  return std::max(std::abs(std::int64_t{layer.low}), std::abs(std::int64_t{layer.high}));
}
std::int64_t code_magnitude(const IntegerLayer& layer) {
  const auto& number = layer.format.number;
  return std::int64_t{1} << (number.value_bits() - (number.is_signed() ? 1 : 0));
}

// Where an input's magnitude is magnitude(layer that stores it).
template <class Magnitude>
std::int64_t sum_bound(const IntegerNetwork& network, const IntegerLayer& layer, int filter,
                       Magnitude magnitude) {
  const auto source = [&](std::size_t input) -> const IntegerLayer& {
    return network.layers[static_cast<std::size_t>(layer.inputs[input])];
  };
  const auto steps = layer.weights.size() / layer.bias.size();
  const auto index = static_cast<std::size_t>(filter);
  const auto weights = std::span(layer.weights).subspan(index * steps, steps);
  const std::int64_t sum = std::accumulate(
      weights.begin(), weights.end(), std::int64_t{0},
      [](std::int64_t total, std::int16_t weight) { return total + std::abs(int{weight}); });
  const std::int64_t residual =
      layer.inputs.size() > 1 ? layer.residual_scale(filter)(magnitude(source(1))) : 0;
  return sum * magnitude(source(0)) + std::abs(std::int64_t{layer.bias[index]}) + residual;
}

class Checker {
 public:
  Checker(const IntegerNetwork& network, std::size_t index)
      : network_(network), layer_(network.layers[index]), index_(index) {}

  void run() const {
    check_tensor();
    check_inputs();
    switch (layer_.kind) {
      case LayerKind::input:
        return;
      case LayerKind::convolution:
        return check_convolution();
      case LayerKind::max_pool:
      case LayerKind::average_pool:
        return check_pool();
      case LayerKind::add:
        return check_add();
      case LayerKind::concat:
        return check_concat();
      case LayerKind::shortcut:
        return check_shortcut();
    }
    fail("has no valid kind, got ", static_cast<int>(layer_.kind));
  }

 private:
  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    throw Error("layer ", index_, " '", layer_.name, "' ", parts...);
  }
  void in_range(const char* what, std::int64_t value, std::int64_t low, std::int64_t high) const {
    if (value < low || value > high)
      fail("must have ", what, " from ", low, " to ", high, ", got ", value);
  }
  void equal(const char* what, std::int64_t value, std::int64_t expected) const {
    if (value != expected) fail("must have ", what, " ", expected, ", got ", value);
  }

  const IntegerLayer& source(std::size_t input) const {
    return network_.layers[static_cast<std::size_t>(layer_.inputs[input])];
  }
  bool is_last() const { return index_ + 1 == network_.layers.size(); }

  void check_tensor() const {
    in_range("height", layer_.height, 1, kMaxExtent);
    in_range("width", layer_.width, 1, kMaxExtent);
    in_range("channels", layer_.channels, 1, kMaxExtent);
    in_range("elements", layer_.elements(), 1, kMaxElements);
    check_format(layer_.format.number, std::span(&layer_.format.step, 1));
    const auto& number = layer_.format.number;
    in_range("a highest value", layer_.high, layer_.low, number.highest());
    for (const auto bound : {layer_.low, layer_.high})
      if (!number.contains(bound))
        fail("must clamp to values of the format ", number.name(), ", got ", bound);
  }

  // Integers are stored in 16 bits, also those that only a fault makes.
  void check_format(const NumberFormat& number, std::span<const double> steps) const {
    if (number.value_bits() > 16)
      fail("must have a number format of at most 16 bit integers, got ", number.name(), " with ",
           number.value_bits());
    for (const double step : steps)
      if (!(step >= std::ldexp(1.0, -kMaxExponent) && step <= std::ldexp(1.0, kMaxExponent)))
        fail("must have steps from 2^-", kMaxExponent, " to 2^", kMaxExponent, ", got ", step);
  }

  void check_scales(const char* what, const std::vector<Scale>& scales, std::int64_t count) const {
    equal(what, static_cast<std::int64_t>(scales.size()), count);
    for (const auto& scale : scales) {
      in_range("a multiplier", scale.multiplier, 1, std::numeric_limits<std::int32_t>::max());
      in_range("a shift", scale.shift, scale.multiplier == 1 ? -30 : 0, 62);
    }
  }
  // One for all channels, or one a channel.
  template <class Values>
  std::int64_t per_channel(const Values& values) const {
    return values.size() == 1 ? 1 : layer_.channels;
  }

  void check_inputs() const {
    const bool is_input = layer_.kind == LayerKind::input;
    if (is_input != (index_ == 0)) fail("must be of kind input exactly if it is the first layer");
    const auto count = static_cast<std::int64_t>(layer_.inputs.size());
    const bool joins = layer_.kind == LayerKind::add || layer_.kind == LayerKind::concat;
    const bool is_convolution = layer_.kind == LayerKind::convolution;
    const std::int64_t most = is_input ? 0 : joins ? kMaxInputs : is_convolution ? 2 : 1;
    in_range("inputs", count, is_input ? 0 : 1, most);
    for (const int input : layer_.inputs)
      in_range("an input", input, 0, static_cast<std::int64_t>(index_) - 1);
  }

  void check_input_scales() const {
    check_scales("input scales", layer_.input_scales,
                 static_cast<std::int64_t>(layer_.inputs.size()));
  }

  // Window, and the map that it slides over: what the first input stores.
  void check_window() const {
    const auto& shape = layer_.convolution;
    const auto& input = source(0);
    equal("input height", shape.height, input.height);
    equal("input width", shape.width, input.width);
    equal("input channels", shape.channels, input.channels);
    in_range("a kernel", shape.kernel, 1, kMaxKernel);
    in_range("a stride", shape.stride, 1, kMaxKernel);
    in_range("padding", shape.padding, 0, shape.kernel - 1);
    in_range("a kernel", shape.kernel, 1,
             std::min(shape.height, shape.width) + std::int64_t{2} * shape.padding);
    equal("height", layer_.height, shape.out_height());
    equal("width", layer_.width, shape.out_width());
  }

  void check_convolution() const {
    check_window();
    check_weights();
    if (is_last() && layer_.inputs.size() > 1)
      fail("must have no residual, as its accumulators are the logits");
    if (layer_.inputs.size() > 1) check_residual();
    if (is_last())
      equal("pixels, as its accumulators are the logits,", layer_.elements(), layer_.channels);
    check_scales("scales", layer_.scales, per_channel(layer_.scales));
    check_scales("residual scales", layer_.residual_scales, per_channel(layer_.residual_scales));
    check_products();
    check_accumulators();
  }

  void check_products() const {
    if (layer_.product_bits == 0) return;
    const int operands = layer_.weight_format.value_bits() + source(0).format.number.value_bits();
    in_range("product bits", layer_.product_bits, operands, 32);
  }

  void check_weights() const {
    const auto& shape = layer_.convolution;
    equal("filters", shape.filters, layer_.channels);
    in_range("groups", shape.groups, 1, kMaxExtent);
    if (shape.channels % shape.groups != 0 || shape.filters % shape.groups != 0)
      fail("must have groups that divide ", shape.channels, " channels and ", shape.filters,
           " filters, got ", shape.groups);
    const std::int64_t steps = std::int64_t{shape.kernel} * shape.kernel * shape.group_channels();
    in_range("steps", steps, 1, kMaxElements);
    equal("weights", static_cast<std::int64_t>(layer_.weights.size()), shape.filters * steps);
    in_range("weights", shape.filters * steps, 1, kMaxElements);
    equal("biases", static_cast<std::int64_t>(layer_.bias.size()), shape.filters);
    equal("weight steps", static_cast<std::int64_t>(layer_.weight_steps.size()),
          is_last() ? 1 : per_channel(layer_.weight_steps));
    check_format(layer_.weight_format, layer_.weight_steps);
    if (!layer_.weight_format.is_signed())
      fail("must have weights of a signed format, got ", layer_.weight_format.name());
    for (const auto weight : layer_.weights)
      if (!layer_.weight_format.contains(weight))
        fail("must have weights of the format ", layer_.weight_format.name(), ", got ", weight);
  }

  void check_residual() const {
    const auto& residual = source(1);
    equal("residual height", residual.height, layer_.height);
    equal("residual width", residual.width, layer_.width);
    equal("residual channels", residual.channels, layer_.channels);
  }

  void check_accumulators() const {
    const auto& accumulator = layer_.accumulator;
    in_range("accumulator bits", accumulator.bits, 2, 32);
    for (const auto bias : layer_.bias)
      in_range("biases", bias, -accumulator.highest() - 1, accumulator.highest());
    if (accumulator.overflow != Overflow::never) return;
    for (int filter = 0; filter < layer_.channels; ++filter)
      fits("filter", filter, accumulator_bound(network_, layer_, filter), accumulator);
  }

  void fits(const char* what, std::int64_t which, std::int64_t bound,
            const Accumulator& accumulator = {}) const {
    if (bound > accumulator.highest())
      fail("must have accumulators within ", accumulator.bits, " bits, but ", what, " ", which,
           " can reach ", bound);
  }

  void check_pool() const {
    check_window();
    equal("channels", layer_.channels, source(0).channels);
    check_scales("scales", layer_.scales, 1);
    const auto& shape = layer_.convolution;
    fits("window", 0, std::int64_t{shape.kernel} * shape.kernel * stored_magnitude(source(0)));
  }

  void check_add() const {
    check_input_scales();
    check_scales("scales", layer_.scales, 1);
    std::int64_t bound = 0;
    for (std::size_t i = 0; i < layer_.inputs.size(); ++i) {
      equal("input height", source(i).height, layer_.height);
      equal("input width", source(i).width, layer_.width);
      equal("input channels", source(i).channels, layer_.channels);
      bound += layer_.input_scales[i](stored_magnitude(source(i)));
    }
    fits("the sum of input", std::ssize(layer_.inputs), bound);
  }

  void check_concat() const {
    check_input_scales();
    std::int64_t channels = 0;
    for (std::size_t i = 0; i < layer_.inputs.size(); ++i) {
      equal("input height", source(i).height, layer_.height);
      equal("input width", source(i).width, layer_.width);
      channels += source(i).channels;
    }
    equal("channels", layer_.channels, channels);
  }

  void check_shortcut() const {
    check_window();
    check_input_scales();
    equal("a kernel", layer_.convolution.kernel, 1);
    in_range("channels", layer_.channels, source(0).channels, kMaxExtent);
  }

  const IntegerNetwork& network_;
  const IntegerLayer& layer_;
  std::size_t index_;
};

}  // namespace

std::int64_t accumulator_bound(const IntegerNetwork& network, const IntegerLayer& layer,
                               int filter) {
  return sum_bound(network, layer, filter, stored_magnitude);
}

bool may_saturate(const IntegerNetwork& network, const IntegerLayer& layer) {
  if (layer.kind != LayerKind::convolution || layer.accumulator.overflow != Overflow::saturate)
    return false;
  for (int filter = 0; filter < layer.channels; ++filter)
    if (sum_bound(network, layer, filter, code_magnitude) > layer.accumulator.highest())
      return true;
  return false;
}

void check(const IntegerNetwork& network) {
  if (network.layers.size() < 2)
    throw Error("an integer network must have at least 2 layers, got ", network.layers.size());
  if (network.output().kind != LayerKind::convolution)
    throw Error("the last layer must be a convolution, got ",
                static_cast<int>(network.output().kind));
  for (std::size_t index = 0; index < network.layers.size(); ++index) Checker(network, index).run();
}

}  // namespace citrine
