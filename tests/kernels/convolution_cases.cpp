#include "kernels/convolution_cases.h"

#include <algorithm>

namespace citrine {
namespace {

// Uniform in [low, high].
int draw(Key key, std::uint64_t index, int low, int high) {
  return low +
         static_cast<int>(uniform_below(key, index, static_cast<std::uint64_t>(high - low + 1)));
}

// Operands of 8 bits and the default registers, or both drawn.
void draw_registers(ConvolutionCase& conv, Key key) {
  conv.is_input_signed = draw(key, 0, 0, 1) == 1;
  if (draw(key, 1, 0, 2) == 0) return;
  conv.weight_bits = draw(key, 2, 2, 12);
  conv.input_bits = draw(key, 3, 2, 12);
  conv.op.widths = {.product = draw(key, 4, 4, 32),
                    .accumulator = draw(key, 5, 8, 32),
                    .saturates = draw(key, 6, 0, 1) == 1};
}

std::int16_t random_operand(Key key, std::uint64_t index, int bits, bool is_signed) {
  const int low = is_signed ? -(1 << (bits - 1)) : 0;
  return static_cast<std::int16_t>(draw(key, index, low, low + (1 << bits) - 1));
}

// Floor modulo, then the upper half stands for negative values.
std::int64_t as_register(std::int64_t value, int width, bool is_signed) {
  const std::int64_t range = std::int64_t{1} << width;
  std::int64_t rest = value % range;
  if (rest < 0) rest += range;
  return is_signed && rest >= range / 2 ? rest - range : rest;
}

std::int64_t with_changed_bits(std::int64_t value, const BitChange& change, int width) {
  for (int bit = 0; bit < width; ++bit) {
    const std::int64_t place = std::int64_t{1} << bit;
    const bool was_set = as_register(value, width, false) / place % 2 == 1;
    const bool is_cleared = change.cleared / place % 2 == 1;
    const bool is_flipped = change.flipped / place % 2 == 1;
    const bool is_set = (was_set && !is_cleared) != is_flipped;
    value += (is_set ? place : 0) - (was_set ? place : 0);
  }
  return as_register(value, width, true);
}

std::int64_t mac_reference(std::int64_t sum, std::int64_t weight, std::int64_t activation,
                           MacSite site, const Convolution& op) {
  const auto& widths = op.widths;
  const auto& change = op.fault.change;
  if (site == MacSite::weight_operand) weight = op.fault.operand;
  if (site == MacSite::activation_operand) activation = op.fault.operand;
  std::int64_t product = as_register(weight * activation, widths.product, true);
  if (site == MacSite::product) product = with_changed_bits(product, change, widths.product);
  const std::int64_t end = std::int64_t{1} << (widths.accumulator - 1);
  sum = widths.saturates ? std::clamp(sum + product, -end, end - 1)
                         : as_register(sum + product, widths.accumulator, true);
  if (site == MacSite::accumulator) sum = with_changed_bits(sum, change, widths.accumulator);
  return sum;
}

std::int32_t output_reference(const Convolution& op, std::int64_t output, int image, int y, int x,
                              int filter) {
  const auto& s = op.shape;
  const int depth = s.channels / s.groups;
  const int group = filter * s.groups / s.filters;
  std::int64_t sum = op.bias[filter];
  int step = 0;
  for (int ky = 0; ky < s.kernel; ++ky)
    for (int kx = 0; kx < s.kernel; ++kx)
      for (int c = 0; c < depth; ++c, ++step) {
        const int row = y * s.stride + ky - s.padding;
        const int column = x * s.stride + kx - s.padding;
        const bool is_inside = row >= 0 && column >= 0 && row < s.height && column < s.width;
        const int pixel = (image * s.height + row) * s.width + column;
        const int activation = is_inside ? op.input[pixel * s.channels + group * depth + c] : 0;
        const int weight = op.weights[((filter * s.kernel + ky) * s.kernel + kx) * depth + c];
        const bool is_faulty = op.fault.output == output && op.fault.step == step;
        sum = mac_reference(sum, weight, activation, is_faulty ? op.fault.site : MacSite::none, op);
      }
  return static_cast<std::int32_t>(sum);
}

}  // namespace

Convolution ConvolutionCase::convolution() const {
  Convolution result = op;
  result.input = input.data();
  result.weights = weights.data();
  result.bias = bias.data();
  return result;
}

void fill(ConvolutionCase& conv, Key key) {
  const auto& s = conv.op.shape;
  conv.input.resize(static_cast<std::size_t>(conv.op.images * s.height * s.width * s.channels));
  conv.weights.resize(static_cast<std::size_t>(s.filters * s.steps()));
  conv.bias.resize(static_cast<std::size_t>(s.filters));
  std::uint64_t index = 0;
  for (auto& value : conv.input)
    value = random_operand(key, index++, conv.input_bits, conv.is_input_signed);
  for (auto& value : conv.weights) value = random_operand(key, index++, conv.weight_bits, true);
  for (auto& value : conv.bias)
    value = wrap(static_cast<std::int64_t>(random_bits(key, index++)), conv.op.widths.accumulator,
                 true);
}

ConvolutionCase random_case(Key key, const CaseLimits& limits) {
  ConvolutionCase conv;
  auto& s = conv.op.shape;
  s.kernel = draw(key, 0, 1, 5);
  s.stride = draw(key, 1, 1, 3);
  s.padding = draw(key, 2, 0, 3);
  s.height = draw(key, 3, s.kernel, s.kernel + limits.size);
  s.width = draw(key, 4, s.kernel, s.kernel + limits.size);
  const bool is_depthwise = draw(key, 5, 0, 3) == 0;
  s.groups = is_depthwise ? draw(key, 6, 1, 20) : draw(key, 7, 0, 1) == 0 ? 1 : draw(key, 8, 2, 3);
  s.channels = s.groups * (is_depthwise ? 1 : draw(key, 9, 1, limits.channels));
  s.filters = s.groups * (is_depthwise ? 1 : draw(key, 10, 1, limits.filters));
  conv.op.images = draw(key, 11, 1, 3);
  if (limits.has_default_widths)
    conv.is_input_signed = draw(key, 12, 0, 1) == 1;
  else
    draw_registers(conv, split(key, "registers"));
  fill(conv, split(key, "fill"));
  return conv;
}

std::uint32_t random_mask(Key key, std::uint64_t index, int bits) {
  return static_cast<std::uint32_t>(uniform_below(key, index, std::uint64_t{1} << bits));
}

std::vector<MacFault> random_faults(const Convolution& op, MacSite site, Key key) {
  MacFault fault;
  fault.site = site;
  fault.output =
      static_cast<std::int64_t>(uniform_below(key, 0, static_cast<std::uint64_t>(op.outputs())));
  fault.step = draw(key, 1, 0, op.shape.steps() - 1);
  std::vector<MacFault> faults;
  const bool is_operand = site == MacSite::weight_operand || site == MacSite::activation_operand;
  const int bits = site == MacSite::product ? op.widths.product : op.widths.accumulator;
  for (int i = 0; i < (is_operand ? 16 : bits); ++i) {
    const auto index = static_cast<std::uint64_t>(i) + 2;
    if (is_operand)
      fault.operand = random_operand(key, index, i + 1, true);
    else
      fault.change = {i % 2 == 0 ? 0 : random_mask(key, index, bits), std::uint32_t{1} << i};
    faults.push_back(fault);
  }
  return faults;
}

std::vector<std::int32_t> plain_accumulators(const Convolution& op) {
  std::vector<std::int32_t> result(static_cast<std::size_t>(op.outputs()));
  for (std::int64_t i = 0; i < op.outputs(); ++i) result[static_cast<std::size_t>(i)] = op(i);
  return result;
}

std::vector<std::int32_t> reference_accumulators(const Convolution& op) {
  std::vector<std::int32_t> result;
  const auto& s = op.shape;
  const int height = (s.height + 2 * s.padding - s.kernel) / s.stride + 1;
  const int width = (s.width + 2 * s.padding - s.kernel) / s.stride + 1;
  for (int image = 0; image < op.images; ++image)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        for (int filter = 0; filter < s.filters; ++filter)
          result.push_back(
              output_reference(op, static_cast<std::int64_t>(result.size()), image, y, x, filter));
  return result;
}

}  // namespace citrine
