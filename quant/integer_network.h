#pragma once
// The integer network: the exact arithmetic of the accelerator, and the only thing that faults are
// injected into.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/convolution.h"

namespace citrine {

// Linear code of a stored tensor: value = code * 2^exponent, two's complement if signed.
struct TensorFormat {
  int bits = 8;
  bool is_signed = false;
  int exponent = 0;

  constexpr std::int32_t lowest() const { return is_signed ? -(1 << (bits - 1)) : 0; }
  constexpr std::int32_t highest() const { return (1 << (is_signed ? bits - 1 : bits)) - 1; }
  bool operator==(const TensorFormat&) const = default;
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

// One layer and the tensor that it stores, [height, width, channels]. A negative shift goes the
// other way: << rounds (half up), round_shift multiplies. Which fields count depends on `kind`:
// - convolution: accumulator = bias + sum of products (+ residual << residual_shift);
//   stored = clamp(round_shift(accumulator, shift)).
// - max_pool, average_pool: kernel, stride, padding (global pooling: kernel = map size);
//   average = round_divide over all kernel * kernel taps;
//   stored = clamp(round_shift(maximum or average, shift)).
// - add: stored = clamp(round_shift(sum of input_i << input_shifts_i, shift)).
// - concat, shortcut: stored = clamp(round_shift(input_i, input_shifts_i)).
struct IntegerLayer {
  std::string name;
  LayerKind kind = LayerKind::input;
  std::vector<int>
      inputs;  // indices of earlier layers; a convolution's second input is its residual
  int height = 1, width = 1, channels = 1;
  TensorFormat format;               // of what is stored
  std::int32_t low = 0, high = 255;  // clamp: the format's range, narrowed by a fused ReLU or ReLU6
  int shift = 0;
  int residual_shift = 0;
  std::vector<int> input_shifts;
  // Pools and the shortcut (kernel 1) use height, width, channels (of their input), kernel, stride
  // and padding.
  ConvolutionShape convolution;
  int weight_bits = 8;
  int weight_exponent = 0;
  std::vector<std::int16_t> weights;  // codes, [filters, kernel, kernel, channels / groups]
  std::vector<std::int32_t> bias;     // in units of 2^(weight exponent + input exponent)

  std::int64_t elements() const { return std::int64_t{height} * width * channels; }
};

// Layers in topological order: first the input, last a convolution whose accumulators are the
// logits, not requantized.
struct IntegerNetwork {
  std::vector<IntegerLayer> layers;

  const IntegerLayer& input() const { return layers.front(); }
  const IntegerLayer& output() const { return layers.back(); }
  int classes() const { return output().channels; }
};

// Throws Error, naming the layer, unless shapes, indices, codes and shifts fit and no accumulator
// can overflow 32 bits: sum |weight| * largest |activation| + |bias| + largest |residual| << shift,
// for every filter.
void check(const IntegerNetwork& network);
// Hash of everything that the arithmetic depends on, 16 hexadecimal digits.
std::string fingerprint(const IntegerNetwork& network);
// Codes of a float image [height, width, channels], already normalized: round half up, clamp to the
// input's format.
std::vector<std::int16_t> encode_input(const IntegerNetwork& network, const float* image);

}  // namespace citrine
