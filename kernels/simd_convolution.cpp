#include "kernels/simd_convolution.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "kernels/convolution_layout.h"

// Vectors of unknown size cannot be members of Sums.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/simd_convolution.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR
// Processors without vectors, or a compiler that Highway does not trust to emulate them.
void convolve(const Convolution& faulty, std::int32_t* to) {
  Convolution op = faulty;
  op.fault = {};
  for (std::int64_t i = 0; i < op.outputs(); ++i) to[i] = op(i);
}

std::pair<int, int> code_range(const std::int16_t* codes, std::size_t size) {
  std::pair<int, int> range{0, 0};
  for (std::size_t i = 0; i < size; ++i)
    range = {std::min<int>(range.first, codes[i]), std::max<int>(range.second, codes[i])};
  return range;
}
#else
namespace hn = hwy::HWY_NAMESPACE;

using Int32 = hn::ScalableTag<std::int32_t>;
using Int16 = hn::Repartition<std::int16_t, Int32>;
using Half = hn::Rebind<std::int16_t, Int32>;
using Sum = hn::Vec<Int32>;
using Codes = hn::Vec<Int16>;

// A tile is 4 pixels by 2 vectors of filters: 8 sums, 2 weights and 1 activation stay in 16
// registers.
constexpr int kTilePixels = 4;
constexpr std::size_t kMostBlock = 2 * hn::MaxLanes(Int32());
// Elements of padded maps that are computed at a time, so that they stay in the cache.
constexpr std::int64_t kChunkElements = 1 << 16;

int vector_filters() { return static_cast<int>(hn::Lanes(Int32())); }

// Sums of one pixel for a block of filters. The second halves are used where the product of two
// vectors has two.
struct Sums {
  Sum low, high, low_rest, high_rest;
};

HWY_INLINE void accumulate(Sums& sums, const std::int16_t* activations, Codes low, Codes high) {
  std::int32_t pair;
  std::memcpy(&pair, activations, sizeof(pair));
  const Int32 tag;
  const auto both = hn::BitCast(Int16(), hn::Set(tag, pair));
  sums.low = hn::ReorderWidenMulAccumulate(tag, low, both, sums.low, sums.low_rest);
  sums.high = hn::ReorderWidenMulAccumulate(tag, high, both, sums.high, sums.high_rest);
}

HWY_INLINE void store(const Sums& sums, const std::int32_t* bias, std::int32_t* to) {
  const Int32 tag;
  const auto add = [&](Sum sum, Sum rest, std::size_t at) HWY_ATTR {
    const auto total = hn::RearrangeToOddPlusEven(sum, rest);
    hn::StoreU(hn::Add(total, hn::LoadU(tag, bias + at)), tag, to + at);
  };
  add(sums.low, sums.low_rest, 0);
  add(sums.high, sums.high_rest, hn::Lanes(tag));
}

struct Tile {
  const std::int16_t* windows[kTilePixels];
  const std::int16_t* weights;  // [run, pair, filter of the block, 2]
  const std::int32_t* bias;     // [filter of the block]
};

// Gives [pixel of the tile, filter of the block].
void convolve_tile(const Tile& tile, const TapRuns& runs, std::int32_t* results) {
  const Int16 codes;
  const std::size_t lanes = hn::Lanes(codes);
  const auto zero = hn::Zero(Int32());
  Sums a{zero, zero, zero, zero}, b = a, c = a, d = a;
  const std::int16_t* weights = tile.weights;
  for (const auto offset : runs.offsets)
    for (std::ptrdiff_t at = offset; at < offset + 2 * runs.pairs; at += 2, weights += 2 * lanes) {
      const auto low = hn::LoadU(codes, weights);
      const auto high = hn::LoadU(codes, weights + lanes);
      accumulate(a, tile.windows[0] + at, low, high);
      accumulate(b, tile.windows[1] + at, low, high);
      accumulate(c, tile.windows[2] + at, low, high);
      accumulate(d, tile.windows[3] + at, low, high);
    }
  store(a, tile.bias, results);
  store(b, tile.bias, results + lanes);
  store(c, tile.bias, results + 2 * lanes);
  store(d, tile.bias, results + 3 * lanes);
}

// All filters of up to kTilePixels pixels from `first`; `to` is the first pixel's [filters].
void convolve_pixels(const ConvolutionShape& shape, const TapRuns& runs,
                     const PackedFilters& filters, const PaddedImages& images,
                     std::pair<std::int64_t, int> pixels, std::int32_t* to) {
  const int block = 2 * vector_filters();
  const int group_filters = shape.filters / shape.groups;
  std::int32_t results[kTilePixels * kMostBlock];
  Tile tile{{}, filters.weights.data(), filters.bias.data()};
  for (int group = 0; group < shape.groups; ++group) {
    for (int i = 0; i < kTilePixels; ++i)
      tile.windows[i] = images.window(pixels.first + std::min(i, pixels.second - 1)) +
                        std::ptrdiff_t{group} * shape.group_channels();
    for (int first = 0; first < group_filters; first += block) {
      convolve_tile(tile, runs, results);
      for (int i = 0; i < pixels.second; ++i)
        std::copy_n(results + i * block, std::min(block, group_filters - first),
                    to + i * shape.filters + group * group_filters + first);
      tile.weights += filters.block_weights;
      tile.bias += block;
    }
  }
}

// Channels [first, first + vector) of one pixel where each channel has its own filter; weights are
// [tap, channel].
HWY_INLINE void convolve_channels(const std::int16_t* window, const std::int16_t* weights,
                                  const std::int32_t* bias, const TapRuns& runs,
                                  std::size_t channels, std::int32_t* results) {
  const Int32 tag;
  const Half half;
  auto sum = hn::LoadU(tag, bias);
  for (const auto offset : runs.offsets) {
    const auto activation = hn::PromoteTo(tag, hn::LoadU(half, window + offset));
    sum = hn::Add(sum, hn::Mul(activation, hn::PromoteTo(tag, hn::LoadU(half, weights))));
    weights += channels;
  }
  hn::StoreU(sum, tag, results);
}

// Weights and bias of a depthwise convolution, [tap, channel] and [channel], filled up to whole
// vectors.
struct ChannelFilters {
  std::size_t channels;
  std::vector<std::int16_t> weights;
  std::vector<std::int32_t> bias;
};

ChannelFilters channel_filters(const Convolution& op) {
  const auto lanes = hn::Lanes(Int32());
  const auto used = static_cast<std::size_t>(op.shape.channels);
  const auto taps = static_cast<std::size_t>(op.shape.steps());
  const std::size_t channels = (used + lanes - 1) / lanes * lanes;
  ChannelFilters result{channels, std::vector<std::int16_t>(taps * channels),
                        std::vector<std::int32_t>(channels)};
  std::copy_n(op.bias, used, result.bias.begin());
  for (std::size_t channel = 0; channel < used; ++channel)
    for (std::size_t tap = 0; tap < taps; ++tap)
      result.weights[tap * channels + channel] = op.weights[channel * taps + tap];
  return result;
}

void convolve_depthwise_pixel(const ChannelFilters& filters, const TapRuns& runs,
                              const std::int16_t* window, std::span<std::int32_t> to) {
  const auto lanes = hn::Lanes(Int32());
  std::int32_t results[kMostBlock];
  for (std::size_t first = 0; first < to.size(); first += lanes) {
    convolve_channels(window + first, filters.weights.data() + first, filters.bias.data() + first,
                      runs, filters.channels, results);
    std::copy_n(results, std::min(lanes, to.size() - first),
                to.begin() + static_cast<std::ptrdiff_t>(first));
  }
}

// Calls convolve(images, pixel, pixels, to) for all groups of up to `step` pixels, a chunk of
// padded images after the other.
template <class Convolve>
void for_pixels(const Convolution& op, int step, std::int32_t* to, const Convolve& convolve) {
  const auto& shape = op.shape;
  const std::int64_t map = std::int64_t{shape.height} * shape.width * shape.channels;
  const int chunk = static_cast<int>(std::clamp<std::int64_t>(kChunkElements / map, 1, op.images));
  PaddedImages images(shape, chunk, hn::Lanes(Int16()));
  for (int image = 0; image < op.images; image += chunk) {
    const int count = std::min(chunk, op.images - image);
    images.load(op.input + image * map, count);
    const std::int64_t pixels = std::int64_t{count} * shape.out_height() * shape.out_width();
    for (std::int64_t pixel = 0; pixel < pixels; pixel += step) {
      const int here = static_cast<int>(std::min<std::int64_t>(step, pixels - pixel));
      convolve(images, pixel, here, to);
      to += std::ptrdiff_t{here} * shape.filters;
    }
  }
}

void convolve_depthwise(const Convolution& op, std::int32_t* to) {
  const TapRuns runs(op.shape);
  const auto filters = channel_filters(op);
  const auto channels = static_cast<std::size_t>(op.shape.channels);
  for_pixels(op, 1, to, [&](const PaddedImages& images, std::int64_t pixel, int, std::int32_t* at) {
    convolve_depthwise_pixel(filters, runs, images.window(pixel), {at, channels});
  });
}

void convolve(const Convolution& op, std::int32_t* to) {
  const auto& shape = op.shape;
  if (shape.groups > 1 && shape.groups == shape.channels && shape.groups == shape.filters)
    return convolve_depthwise(op, to);
  const TapRuns runs(shape);
  const PackedFilters filters(op, runs, 2 * vector_filters());
  for_pixels(op, kTilePixels, to,
             [&](const PaddedImages& images, std::int64_t pixel, int count, std::int32_t* at) {
               convolve_pixels(shape, runs, filters, images, {pixel, count}, at);
             });
}

// Least and greatest of the codes and 0.
std::pair<int, int> code_range(const std::int16_t* codes, std::size_t size) {
  const Int16 tag;
  const std::size_t lanes = hn::Lanes(tag);
  auto low = hn::Zero(tag), high = hn::Zero(tag);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto values = hn::LoadU(tag, codes + i);
    low = hn::Min(low, values);
    high = hn::Max(high, values);
  }
  std::pair<int, int> range{hn::GetLane(hn::MinOfLanes(tag, low)),
                            hn::GetLane(hn::MaxOfLanes(tag, high))};
  for (; i < size; ++i)
    range = {std::min<int>(range.first, codes[i]), std::max<int>(range.second, codes[i])};
  return range;
}
#endif

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(convolve);
HWY_EXPORT(code_range);

std::int64_t greatest_magnitude(const std::int16_t* codes, std::int64_t size) {
  const auto [low, high] = HWY_DYNAMIC_DISPATCH(code_range)(codes, static_cast<std::size_t>(size));
  return std::max(-low, high);
}

std::int64_t greatest_bias(const Convolution& op) {
  std::int64_t result = 0;
  for (int i = 0; i < op.shape.filters; ++i)
    result = std::max(result, std::abs(std::int64_t{op.bias[i]}));
  return result;
}

}  // namespace

bool fits_registers(const Convolution& op) {
  const auto& shape = op.shape;
  const auto product = greatest_magnitude(op.weights, std::int64_t{shape.filters} * shape.steps()) *
                       greatest_magnitude(op.input, std::int64_t{op.images} * shape.height *
                                                        shape.width * shape.channels);
  if (product >= std::int64_t{1} << (op.widths.product - 1)) return false;
  return op.widths.accumulator == 32 || greatest_bias(op) + shape.steps() * product <
                                            std::int64_t{1} << (op.widths.accumulator - 1);
}

void convolve_simd(const Convolution& op, std::span<std::int32_t> accumulators) {
  if (!accumulators.empty()) HWY_DYNAMIC_DISPATCH(convolve)(op, accumulators.data());
}

}  // namespace citrine
#endif
