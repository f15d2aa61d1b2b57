#include "kernels/simd_convolution.h"

#include <algorithm>
#include <cstdlib>

#include "kernels/packed_convolution.h"
#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/simd_convolution.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Int16 = hn::ScalableTag<std::int16_t>;

// Least and greatest of the codes and 0.
CodeRange code_range(const std::int16_t* codes, std::size_t size) {
  const Int16 tag;
  const std::size_t lanes = hn::Lanes(tag);
  auto low = hn::Zero(tag), high = hn::Zero(tag);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto values = hn::LoadU(tag, codes + i);
    low = hn::Min(low, values);
    high = hn::Max(high, values);
  }
  CodeRange range{hn::GetLane(hn::MinOfLanes(tag, low)), hn::GetLane(hn::MaxOfLanes(tag, high))};
  for (; i < size; ++i)
    range = {std::min<int>(range.low, codes[i]), std::max<int>(range.high, codes[i])};
  return range;
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

// Elements of padded maps that are computed at a time, so that they stay in the cache.
constexpr std::int64_t kChunkElements = 1 << 16;

HWY_EXPORT(code_range);

std::int64_t map_elements(const ConvolutionShape& shape) {
  return std::int64_t{shape.height} * shape.width * shape.channels;
}

std::int64_t greatest_bias(const Convolution& op) {
  std::int64_t result = 0;
  for (int i = 0; i < op.shape.filters; ++i)
    result = std::max(result, std::abs(std::int64_t{op.bias[i]}));
  return result;
}

template <class Element>
void convolve(const Convolution& op, std::int32_t zero, std::int32_t* sums) {
  const auto& shape = op.shape;
  const auto elements = map_elements(shape);
  const auto chunk =
      static_cast<int>(std::clamp<std::int64_t>(kChunkElements / elements, 1, op.images));
  BorderedMaps<Element> maps({.images = chunk,
                              .height = shape.height,
                              .width = shape.width,
                              .channels = shape.channels,
                              .border = shape.padding},
                             zero);
  const PackedConvolution<Element> packed(op, maps);
  for (int image = 0; image < op.images; image += chunk) {
    const int count = std::min(chunk, op.images - image);
    maps.load(op.input + image * elements, count);
    packed.sum(maps, count, sums + image * shape.outputs());
  }
}

}  // namespace

OperandRanges operand_ranges(const Convolution& op) {
  const auto range = [](const std::int16_t* codes, std::int64_t size) {
    return HWY_DYNAMIC_DISPATCH(code_range)(codes, static_cast<std::size_t>(size));
  };
  return {.weights = range(op.weights, std::int64_t{op.shape.filters} * op.shape.steps()),
          .input = range(op.input, op.images * map_elements(op.shape))};
}

bool fits_registers(const Convolution& op, const OperandRanges& ranges) {
  const std::int64_t product = std::int64_t{ranges.weights.magnitude()} * ranges.input.magnitude();
  if (product >= std::int64_t{1} << (op.widths.product - 1)) return false;
  return !op.widths.saturates || greatest_bias(op) + op.shape.steps() * product <
                                     std::int64_t{1} << (op.widths.accumulator - 1);
}

void convolve_simd(const Convolution& op, const OperandRanges& ranges,
                   std::span<std::int32_t> accumulators) {
  if (accumulators.empty()) return;
  const auto& [weights, input] = ranges;
  const bool are_weights_bytes = weights.low >= INT8_MIN && weights.high <= INT8_MAX;
  if (are_weights_bytes && input.low >= 0 && input.high <= UINT8_MAX)
    convolve<std::uint8_t>(op, 0, accumulators.data());
  else if (are_weights_bytes && input.low >= INT8_MIN && input.high <= INT8_MAX)
    convolve<std::uint8_t>(op, -INT8_MIN, accumulators.data());
  else
    convolve<std::int16_t>(op, 0, accumulators.data());
}

}  // namespace citrine
#endif
