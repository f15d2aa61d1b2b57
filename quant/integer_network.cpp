#include "quant/integer_network.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iomanip>
#include <iterator>
#include <span>
#include <sstream>

#include "kernels/fnv.h"
#include "kernels/names.h"

namespace citrine {
namespace {

// In the order of LayerKind.
constexpr std::array<std::string_view, 7> kKindNames = {
    "input", "convolution", "max_pool", "average_pool", "add", "concat", "shortcut"};
// In the order of Overflow.
constexpr std::array<std::string_view, 3> kOverflowNames = {"never", "wrap", "saturate"};

// FNV-1a over the little-endian bytes of 64-bit integers.
class Hash {
 public:
  void add(std::int64_t value) {
    for (int byte = 0; byte < 8; ++byte)
      state_ = fnv1a(state_, static_cast<std::uint8_t>(value >> (8 * byte)));
  }
  template <class Values>
  void add_all(const Values& values) {
    add(static_cast<std::int64_t>(values.size()));
    for (const auto value : values) add(value);
  }
  std::uint64_t state() const { return state_; }

 private:
  std::uint64_t state_ = kFnvBasis;
};

void add_shape(Hash& hash, const ConvolutionShape& shape) {
  for (const int value : {shape.height, shape.width, shape.channels, shape.filters, shape.kernel,
                          shape.stride, shape.padding, shape.groups})
    hash.add(value);
}

void add_scales(Hash& hash, const std::vector<Scale>& scales) {
  hash.add(static_cast<std::int64_t>(scales.size()));
  for (const auto& scale : scales) {
    hash.add(scale.multiplier);
    hash.add(scale.shift);
  }
}

void add_format(Hash& hash, const NumberFormat& number, std::span<const double> steps) {
  hash.add_all(number.name());
  hash.add(static_cast<std::int64_t>(steps.size()));
  for (const double step : steps) hash.add(std::bit_cast<std::int64_t>(step));
}

void add_layer(Hash& hash, const IntegerLayer& layer) {
  hash.add(static_cast<int>(layer.kind));
  hash.add_all(layer.inputs);
  for (const int value : {layer.height, layer.width, layer.channels, layer.low, layer.high})
    hash.add(value);
  add_format(hash, layer.format.number, std::span(&layer.format.step, 1));
  for (const auto* scales : {&layer.scales, &layer.residual_scales, &layer.input_scales})
    add_scales(hash, *scales);
  add_shape(hash, layer.convolution);
  hash.add(layer.accumulator.bits);
  hash.add(static_cast<int>(layer.accumulator.overflow));
  if (layer.product_bits > 0) hash.add(layer.product_bits);
  add_format(hash, layer.weight_format, layer.weight_steps);
  hash.add_all(layer.weights);
  hash.add_all(layer.bias);
}

}  // namespace

std::string_view name_of(Overflow overflow) {
  return kOverflowNames.at(static_cast<std::size_t>(overflow));
}

Overflow overflow(std::string_view name) {
  return static_cast<Overflow>(index_of_name("overflow", name, kOverflowNames));
}

std::string_view name_of(LayerKind kind) { return kKindNames.at(static_cast<std::size_t>(kind)); }

LayerKind layer_kind(std::string_view name) {
  return static_cast<LayerKind>(index_of_name("layer kind", name, kKindNames));
}

std::string fingerprint(const IntegerNetwork& network) {
  Hash hash;
  hash.add(static_cast<std::int64_t>(network.layers.size()));
  for (const auto& layer : network.layers) add_layer(hash, layer);
  std::ostringstream text;
  text << std::hex << std::setw(16) << std::setfill('0') << hash.state();
  return text.str();
}

double logit_step(const IntegerNetwork& network) {
  const auto& last = network.output();
  const auto input = static_cast<std::size_t>(last.inputs.front());
  return last.weight_steps.front() * network.layers[input].format.step;
}

std::vector<std::int16_t> encode_input(const IntegerNetwork& network, const float* image) {
  const auto& input = network.input();
  std::vector<std::int16_t> codes(static_cast<std::size_t>(input.elements()));
  std::transform(image, image + codes.size(), codes.begin(), [&](float value) {
    const double units = std::clamp<double>(value / input.format.step, input.low, input.high);
    return static_cast<std::int16_t>(input.format.number.nearest(units));
  });
  return codes;
}

std::vector<std::int16_t> encode_inputs(const IntegerNetwork& network,
                                        std::span<const float> images) {
  const auto size = static_cast<std::size_t>(network.input().elements());
  std::vector<std::int16_t> integers;
  integers.reserve(images.size());
  for (std::size_t at = 0; at < images.size(); at += size)
    std::ranges::copy(encode_input(network, images.data() + at), std::back_inserter(integers));
  return integers;
}

}  // namespace citrine
