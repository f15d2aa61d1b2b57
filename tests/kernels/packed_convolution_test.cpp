#include "kernels/packed_convolution.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/convolution_cases.h"
#include "kernels/requantization_cases.h"
#include "kernels/simd_targets.h"
#include "kernels/tiles.h"

namespace citrine {
namespace {

// A 2x2 map of one channel, one filter of 2x2: 10 + 1*1 + 2*2 + 3*3 + 4*4 = 40.
TEST(PackedConvolution, ByHand) {
  for_each_simd_target([] {
    ConvolutionCase conv;
    conv.op.shape = {.height = 2, .width = 2, .kernel = 2};
    conv.weights = {1, 2, 3, 4};
    conv.bias = {10};
    BorderedMaps<std::uint8_t> input({.height = 2, .width = 2}, 128);
    const std::vector<std::int16_t> integers = {1, 2, 3, 4};
    input.load(integers.data(), 1);
    const PackedConvolution<std::uint8_t> packed(conv.convolution(), input);
    std::int32_t sum = 0;
    packed.sum(input, 1, &sum);
    EXPECT_EQ(sum, 40);

    // (40 + 3 * 2) * 3 / 2^2 = 34.5, stored with 128 added.
    const Requantization<std::uint8_t> how{.scales = {{{3}}, {{2}}, 1},
                                           .residual_scales = {{{1}}, {{-1}}, 1},
                                           .low = -128,
                                           .high = 127,
                                           .zero = 128,
                                           .table = {}};
    BorderedMaps<std::uint8_t> residual({}, 0), output({}, 128);
    residual.fill(3);
    packed.store(input, 1, {.requantization = how, .residual = &residual, .output = output});
    EXPECT_EQ(*output.pixel(0, 0, 0), 35 + 128);

    // In 6 bits, 46 is -18: -13.5, of which the half is rounded up.
    auto narrow = how;
    narrow.sum_bits = 6;
    packed.store(input, 1, {.requantization = narrow, .residual = &residual, .output = output});
    EXPECT_EQ(*output.pixel(0, 0, 0), -13 + 128);
  });
}

// Products of 255 and -128 are the greatest that 8 bits can have.
TEST(PackedConvolution, DoesNotSaturate) {
  for_each_simd_target([] {
    ConvolutionCase conv;
    conv.op.shape = {.channels = 64, .filters = 40};
    conv.op.widths.product = 32;
    conv.input.assign(64, 255);
    conv.weights.assign(std::size_t{64} * 40, -128);
    conv.bias.assign(40, -2'000'000'000);
    BorderedMaps<std::uint8_t> input({.channels = 64}, 0);
    input.load(conv.input.data(), 1);
    std::vector<std::int32_t> sums(40);
    PackedConvolution<std::uint8_t>(conv.convolution(), input).sum(input, 1, sums.data());
    EXPECT_EQ(sums, std::vector<std::int32_t>(40, -2'000'000'000 - 64 * 255 * 128));
  });
}

// A random case whose operands fit into Element.
template <class Element>
ConvolutionCase packable_case(Key key) {
  auto conv =
      random_case(key, {.channels = 20, .filters = 36, .size = 6, .has_default_widths = true});
  if (sizeof(Element) > 1) {
    conv.weight_bits = conv.input_bits = 12;
    conv.op.widths.product = 24;
    fill(conv, split(key, "wide"));
  }
  return conv;
}

template <class Element>
BorderedMaps<Element> input_maps(const ConvolutionCase& conv, int border) {
  const auto& shape = conv.op.shape;
  BorderedMaps<Element> maps({.images = conv.op.images,
                              .height = shape.height,
                              .width = shape.width,
                              .channels = shape.channels,
                              .border = border},
                             sizeof(Element) == 1 && conv.is_input_signed ? 128 : 0);
  maps.load(conv.input.data(), conv.op.images);
  return maps;
}

// Every pixel but one in three of the first image, in the same place as before.
template <class Element>
void expect_some_pixels(const PackedConvolution<Element>& packed,
                        const BorderedMaps<Element>& input, const Store<Element>& whole,
                        std::uint64_t index) {
  const auto& shape = whole.output.shape();
  BorderedMaps<Element> some(shape, whole.output.zero()), expected = some;
  std::vector<Pixel> pixels;
  for (int i = 0; i < shape.height * shape.width; ++i) {
    if (i % 3 == 2) continue;
    const Pixel at{i / shape.width, i % shape.width};
    pixels.push_back(at);
    std::copy_n(whole.output.pixel(0, at.row, at.column), shape.channels,
                expected.pixel(0, at.row, at.column));
  }
  std::vector<std::int32_t> memory(packed.memory());
  const TileScope scope;
  packed.store(input, 0, pixels,
               {.requantization = whole.requantization, .residual = whole.residual, .output = some},
               memory.data());
  EXPECT_EQ(integers_of(some), integers_of(expected)) << index;
  EXPECT_TRUE(is_border_zero(some)) << index;
}

template <class Element>
void expect_stored_like_the_reference(const ConvolutionCase& conv, std::uint64_t index) {
  const Key key = split({21, sizeof(Element)}, index);
  const auto op = conv.convolution();
  const auto input = input_maps<Element>(conv, op.shape.padding + static_cast<int>(index % 2));
  const MapShape shape{.images = op.images,
                       .height = op.shape.out_height(),
                       .width = op.shape.out_width(),
                       .channels = op.shape.filters,
                       .border = static_cast<int>(index % 3)};
  auto how = random_requantization<Element>(split(key, "requantization"), shape.channels);
  if (index % 5 == 0) how.sum_bits = 10 + static_cast<int>(index % 22);
  const auto residual = random_maps<Element>(split(key, "residual"), shape);
  const auto* added = index % 4 == 0 ? nullptr : &residual;
  const auto sums = plain_accumulators(op);
  const auto expected =
      requantized(how, added == nullptr ? sums : with_residual(how, sums, residual));
  const auto requantization = how.requantization();
  for_each_simd_target([&] {
    const PackedConvolution<Element> packed(op, input);
    std::vector<std::int32_t> packed_sums(sums.size());
    packed.sum(input, op.images, packed_sums.data());
    ASSERT_EQ(packed_sums, sums) << index;
    BorderedMaps<Element> output(shape, requantization.zero);
    packed.store(input, op.images,
                 {.requantization = requantization, .residual = added, .output = output});
    ASSERT_EQ(integers_of(output), expected) << index;
    EXPECT_TRUE(is_border_zero(output));
    if (!packed.stores_pixels()) return;
    const Store<Element> to{.requantization = requantization, .residual = added, .output = output};
    expect_some_pixels(packed, input, to, index);
  });
}

template <class Element>
void expect_random_cases() {
  for (std::uint64_t i = 0; i < 120; ++i)
    expect_stored_like_the_reference<Element>(
        packable_case<Element>(split({22, sizeof(Element)}, i)), i);
}

TEST(PackedConvolution, EqualsTheReferenceInBytes) { expect_random_cases<std::uint8_t>(); }

TEST(PackedConvolution, EqualsTheReferenceInShorts) { expect_random_cases<std::int16_t>(); }

// A kernel's row is whole blocks of a tile; a map has windows for less than a tile, or for several.
TEST(PackedConvolution, EqualsTheReferenceWhereTilesReadMaps) {
  std::uint64_t index = 0;
  for (const int height : {1, 2, 5, 11})
    for (const int width : {1, 3, 7, 14}) {
      ConvolutionCase conv;
      conv.op.shape = {.height = height,
                       .width = width,
                       .channels = 64,
                       .filters = 16 * (1 + width % 7),
                       .kernel = 3,
                       .padding = 1};
      conv.op.widths.product = 32;
      fill(conv, split({23, 0}, index));
      expect_stored_like_the_reference<std::uint8_t>(conv, index++);
    }
}

}  // namespace
}  // namespace citrine
