#pragma once
// Integer networks with random weights, built layer by layer.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/random.h"
#include "quant/integer_network.h"

namespace citrine::testing {

class NetworkBuilder {
 public:
  NetworkBuilder(std::uint64_t seed, int height, int width, int channels, TensorFormat codes)
      : key_{seed, 0} {
    IntegerLayer input;
    input.name = "input";
    input.height = height;
    input.width = width;
    input.channels = channels;
    set_format(input, codes);
    network_.layers.push_back(std::move(input));
  }

  NumberFormat weight_format{"linear8"};  // of the next layers
  TensorFormat format;                    // of what they store
  bool is_per_channel = false;            // do their scales differ by channel?
  // Of their accumulators: bits that they lack to hold every sum, or 32 bits.
  std::optional<int> missing_bits;
  Overflow overflow = Overflow::never;
  int product_bits = 0;

  // window: filters, kernel, stride, padding, groups.
  int convolution(int input, ConvolutionShape window, int residual = -1) {
    auto layer = windowed(LayerKind::convolution, input, window);
    layer.convolution.filters = layer.channels = window.filters;
    layer.convolution.groups = window.groups;
    layer.weight_format = weight_format;
    layer.product_bits = product_bits;
    if (residual >= 0) layer.inputs.push_back(residual);
    fill(layer);
    if (missing_bits) narrow(layer);
    return add_layer(std::move(layer));
  }
  int pool(LayerKind kind, int input, ConvolutionShape window) {
    auto layer = windowed(kind, input, window);
    layer.channels = layer.convolution.channels;
    return add_layer(std::move(layer));
  }
  int shortcut(int input, int stride, int channels, int input_shift = 0) {
    auto layer = windowed(LayerKind::shortcut, input, {.stride = stride});
    layer.channels = channels;
    layer.input_scales = {{.shift = input_shift}};
    return add_layer(std::move(layer));
  }
  // The inputs are shifted left before they are summed.
  int add(int a, int b, int shift_a, int shift_b, int shift) {
    auto layer = joined(LayerKind::add, a, b, -shift_a, -shift_b);
    layer.scales = {{.shift = shift}};
    return add_layer(std::move(layer));
  }
  int concat(int a, int b, int shift_a = 0, int shift_b = 0) {
    auto layer = joined(LayerKind::concat, a, b, shift_a, shift_b);
    layer.channels += at(b).channels;
    return add_layer(std::move(layer));
  }

  const IntegerLayer& at(int index) const {
    return network_.layers[static_cast<std::size_t>(index)];
  }

  IntegerNetwork finish() {
    check(network_);
    return network_;
  }

  std::vector<std::int16_t> image(std::uint64_t index) const {
    const auto& input = network_.layers.front();
    std::vector<std::int16_t> codes(static_cast<std::size_t>(input.elements()));
    const auto values = input.format.number.values();
    for (std::size_t i = 0; i < codes.size(); ++i)
      codes[i] = static_cast<std::int16_t>(
          values[uniform_below(split(split(key_, "image"), index), i, values.size())]);
    return codes;
  }

 private:
  static void set_format(IntegerLayer& layer, TensorFormat codes) {
    layer.format = codes;
    layer.low = codes.number.lowest();
    layer.high = codes.number.highest();
  }
  static std::int16_t draw(Key key, std::uint64_t index, int low, int high) {
    const auto count = static_cast<std::uint64_t>(std::int64_t{high} - low + 1);
    return static_cast<std::int16_t>(low + static_cast<int>(uniform_below(key, index, count)));
  }

  IntegerLayer windowed(LayerKind kind, int input, ConvolutionShape window) const {
    window.height = at(input).height;
    window.width = at(input).width;
    window.channels = at(input).channels;
    IntegerLayer layer;
    layer.kind = kind;
    layer.inputs = {input};
    layer.convolution = window;
    layer.height = window.out_height();
    layer.width = window.out_width();
    return layer;
  }
  IntegerLayer joined(LayerKind kind, int a, int b, int shift_a, int shift_b) const {
    IntegerLayer layer;
    layer.kind = kind;
    layer.inputs = {a, b};
    layer.height = at(a).height;
    layer.width = at(a).width;
    layer.channels = at(a).channels;
    layer.input_scales = {{.shift = shift_a}, {.shift = shift_b}};
    return layer;
  }

  // Random weights, and scales that use the range of what is stored.
  void fill(IntegerLayer& layer) const {
    const Key key = split(key_, network_.layers.size());
    const auto values = layer.weight_format.values();
    const auto steps = static_cast<std::size_t>(layer.convolution.steps());
    layer.weights.resize(static_cast<std::size_t>(layer.channels) * steps);
    for (std::size_t i = 0; i < layer.weights.size(); ++i)
      layer.weights[i] =
          static_cast<std::int16_t>(values[uniform_below(split(key, "weight"), i, values.size())]);
    layer.bias.resize(static_cast<std::size_t>(layer.channels));
    for (std::size_t i = 0; i < layer.bias.size(); ++i)
      layer.bias[i] = draw(split(key, "bias"), i, -300, 300);
    const double spread =
        std::sqrt(static_cast<double>(steps)) * values.back() * at(layer.inputs[0]).high / 3;
    const int shift = std::max(0, static_cast<int>(std::log2(spread / format.number.highest())));
    layer.scales = {{.shift = shift}};
    layer.residual_scales = {{.shift = -std::max(0, shift - 1)}};
    layer.weight_steps = {1.0 / 128};
    if (is_per_channel) vary_channels(layer, split(key, "scale"));
  }

  void narrow(IntegerLayer& layer) const {
    std::int64_t bound = 0;
    for (int filter = 0; filter < layer.channels; ++filter)
      bound = std::max(bound, accumulator_bound(network_, layer, filter));
    const int bits =
        static_cast<int>(std::bit_width(static_cast<std::uint64_t>(bound))) + 1 - *missing_bits;
    layer.accumulator = {.bits = std::clamp(bits, 10, 32), .overflow = overflow};
  }

  // Every other channel has a finer step or a multiplier.
  static void vary_channels(IntegerLayer& layer, Key key) {
    const auto channels = static_cast<std::size_t>(layer.channels);
    layer.scales.resize(channels, layer.scales.front());
    layer.residual_scales.resize(channels, layer.residual_scales.front());
    for (std::size_t i = 0; i < channels; i += 2) {
      const int multiplier = draw(key, i, 1, 30000);
      layer.scales[i] = {multiplier, layer.scales[i].shift + 14};
      layer.residual_scales[i] = {multiplier, 13};
    }
  }

  int add_layer(IntegerLayer layer) {
    set_format(layer, format);
    layer.name = std::string(name_of(layer.kind)) + std::to_string(network_.layers.size());
    network_.layers.push_back(std::move(layer));
    return static_cast<int>(network_.layers.size()) - 1;
  }

  Key key_;
  IntegerNetwork network_;
};

}  // namespace citrine::testing
