#include "quant/integer_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <sstream>

#include "kernels/error.h"
#include "kernels/fnv.h"
#include "kernels/names.h"
#include "quant/linear.h"

namespace citrine {
namespace {

// In the order of LayerKind.
constexpr std::array<std::string_view, 7> kKindNames = {
    "input", "convolution", "max_pool", "average_pool", "add", "concat", "shortcut"};

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

void add_layer(Hash& hash, const IntegerLayer& layer) {
  hash.add(static_cast<int>(layer.kind));
  hash.add_all(layer.inputs);
  for (const int value :
       {layer.height, layer.width, layer.channels, layer.format.bits, int{layer.format.is_signed},
        layer.format.exponent, layer.low, layer.high, layer.shift, layer.residual_shift,
        layer.weight_bits, layer.weight_exponent})
    hash.add(value);
  hash.add_all(layer.input_shifts);
  add_shape(hash, layer.convolution);
  hash.add_all(layer.weights);
  hash.add_all(layer.bias);
}

}  // namespace

std::string_view name_of(LayerKind kind) { return kKindNames.at(static_cast<std::size_t>(kind)); }

LayerKind layer_kind(std::string_view name) {
  const auto found = std::ranges::find(kKindNames, name);
  if (found == kKindNames.end()) throw Error(unknown_name("layer kind", name, kKindNames));
  return static_cast<LayerKind>(found - kKindNames.begin());
}

std::string fingerprint(const IntegerNetwork& network) {
  Hash hash;
  hash.add(static_cast<std::int64_t>(network.layers.size()));
  for (const auto& layer : network.layers) add_layer(hash, layer);
  std::ostringstream text;
  text << std::hex << std::setw(16) << std::setfill('0') << hash.state();
  return text.str();
}

std::vector<std::int16_t> encode_input(const IntegerNetwork& network, const float* image) {
  const auto& input = network.input();
  std::vector<std::int16_t> codes(static_cast<std::size_t>(input.elements()));
  std::transform(image, image + codes.size(), codes.begin(), [&](float value) {
    return static_cast<std::int16_t>(
        std::clamp(encode(value, input.format), input.low, input.high));
  });
  return codes;
}

}  // namespace citrine
