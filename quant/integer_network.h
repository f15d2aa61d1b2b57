#pragma once
// The integer network: the exact arithmetic of the accelerator, and the only thing that faults are
// injected into.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/convolution.h"
#include "quant/number_format.h"
#include "quant/scale.h"

namespace citrine {

// A stored tensor: an element's value is its integer times `step`; the number format tells which
// integers it can be and what their bits in memory are.
struct TensorFormat {
  NumberFormat number{"unsigned8"};
  double step = 1;
  bool operator==(const TensorFormat&) const = default;
};

// What a convolution's accumulator does with a sum that its width cannot hold.
enum class Overflow : std::uint8_t {
  never,    // check() proves that there is none; one that only a fault makes wraps
  wrap,     // drops the high bits, after every step
  saturate  // keeps the nearest value, after every step
};
std::string_view name_of(Overflow overflow);
Overflow overflow(std::string_view name);  // Error if unknown

// The register of a convolution's sums, in two's complement.
struct Accumulator {
  int bits = 32;  // 2 to 32
  Overflow overflow = Overflow::never;

  std::int64_t highest() const { return (std::int64_t{1} << (bits - 1)) - 1; }
  bool operator==(const Accumulator&) const = default;
};

enum class LayerKind : std::uint8_t {
  input,
  convolution,
  max_pool,
  average_pool,
  add,
  concat,
  shortcut  // option A: every stride-th pixel, zero channels appended on both sides
};
std::string_view name_of(LayerKind kind);
LayerKind layer_kind(std::string_view name);  // Error if unknown

// The one of all channels, or that of a channel.
template <class Value>
const Value& of_channel(const std::vector<Value>& values, int channel) {
  return values.size() == 1 ? values.front() : values[static_cast<std::size_t>(channel)];
}

// One layer and the tensor that it stores, [height, width, channels]: store(x) is the nearest
// element of the format to x clamped to [low, high]. Which fields count depends on `kind`:
// - convolution: accumulator = bias + sum of products (+ residual_scale(residual));
//   stored = store(scale(accumulator)). The residual is added last, in the accumulator. Scales,
//   residual scales and weight steps: one for all channels, or one a channel.
// - max_pool, average_pool: kernel, stride, padding (global pooling: kernel = map size);
//   average = round_divide over all kernel * kernel taps;
//   stored = store(scale(maximum or average)).
// - add: stored = store(scale(sum of input_scales_i(input_i))).
// - concat, shortcut: stored = store(input_scales_i(input_i)).
struct IntegerLayer {
  std::string name;
  LayerKind kind = LayerKind::input;
  std::vector<int>
      inputs;  // indices of earlier layers; a convolution's second input is its residual
  int height = 1, width = 1, channels = 1;
  TensorFormat format;               // of what is stored
  std::int32_t low = 0, high = 255;  // clamp: the format's range, narrowed by a fused ReLU or ReLU6
  std::vector<Scale> scales = {{}};
  std::vector<Scale> residual_scales = {{}};
  std::vector<Scale> input_scales;
  // Pools and the shortcut (kernel 1) use height, width, channels (of their input), kernel, stride
  // and padding.
  ConvolutionShape convolution;
  Accumulator accumulator;
  int product_bits = 0;  // of the register of a product; 0: as many as its operands' have together
  NumberFormat weight_format{"linear8"};
  std::vector<double> weight_steps = {1};
  std::vector<std::int16_t> weights;  // integers, [filters, kernel, kernel, channels / groups]
  std::vector<std::int32_t> bias;     // in accumulator units: weight step * input step

  std::int64_t elements() const { return std::int64_t{height} * width * channels; }
  const Scale& scale(int channel) const { return of_channel(scales, channel); }
  const Scale& residual_scale(int channel) const { return of_channel(residual_scales, channel); }
};

// Layers in topological order: first the input, last a convolution whose accumulators are the
// logits, not requantized.
struct IntegerNetwork {
  std::vector<IntegerLayer> layers;

  const IntegerLayer& input() const { return layers.front(); }
  const IntegerLayer& output() const { return layers.back(); }
  int classes() const { return output().channels; }
};

// Throws Error, naming the layer, unless shapes, indices, integers and scales fit and no
// accumulator can leave its bits, where it must never.
void check(const IntegerNetwork& network);
// Largest magnitude that the sum of a convolution's filter can reach, in any order of its steps:
// sum |weight| * largest |activation| + |bias| + largest |scaled residual|.
std::int64_t accumulator_bound(const IntegerNetwork& network, const IntegerLayer& layer,
                               int filter);
// Can a sum of a convolution saturate, and so depend on the order of its steps, also where inputs
// are codes that only a fault makes?
bool may_saturate(const IntegerNetwork& network, const IntegerLayer& layer);
// Hash of everything that the arithmetic depends on, 16 hexadecimal digits.
std::string fingerprint(const IntegerNetwork& network);
// Real value of a logit's unit.
double logit_step(const IntegerNetwork& network);
// The input's integers for a float image [height, width, channels], already normalized.
std::vector<std::int16_t> encode_input(const IntegerNetwork& network, const float* image);
// Those of several images one after the other, [count, height, width, channels].
std::vector<std::int16_t> encode_inputs(const IntegerNetwork& network,
                                        std::span<const float> images);

}  // namespace citrine
