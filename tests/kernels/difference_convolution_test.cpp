#include "kernels/difference_convolution.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/convolution_cases.h"
#include "kernels/requantization_cases.h"
#include "kernels/simd_targets.h"

namespace citrine {
namespace {

// A convolution of one image whose operands fill Element, its padding less than its kernel.
template <class Element>
ConvolutionCase difference_case(Key key) {
  auto conv = random_case(key, {.channels = 40, .filters = 90, .has_default_widths = true});
  auto& shape = conv.op.shape;
  shape.padding = std::min(shape.padding, shape.kernel - 1);
  conv.op.images = 1;
  conv.op.widths.product = 32;
  if (sizeof(Element) > 1) {
    conv.weight_bits = conv.input_bits = 16;
    conv.is_input_signed = true;
  }
  fill(conv, split(key, "of one image"));
  return conv;
}

// Another value in a share of the elements, often one at the other end of the range.
std::vector<std::int16_t> changed_input(const ConvolutionCase& conv, Key key) {
  auto input = conv.input;
  const int low = conv.is_input_signed ? -(1 << (conv.input_bits - 1)) : 0;
  const int high = low + (1 << conv.input_bits) - 1;
  const auto share = 1 + uniform_below(key, 0, 20);
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (uniform_below(split(key, "which"), i, share) != 0) continue;
    const bool is_low = input[i] < (low + high) / 2;
    const int step = static_cast<int>(uniform_below(split(key, "step"), i, 3));
    input[i] = static_cast<std::int16_t>(is_low ? high - step : low + step);
  }
  return input;
}

template <class Element>
void expect_changed_like_the_reference(std::uint64_t index) {
  const Key key = split({22, sizeof(Element)}, index);
  auto conv = difference_case<Element>(key);
  const auto& in = conv.op.shape;
  const MapShape input{.height = in.height, .width = in.width, .channels = in.channels};
  const MapShape shape{
      .height = in.out_height(), .width = in.out_width(), .channels = in.filters, .border = 1};
  auto how = random_requantization<Element>(split(key, "requantization"), shape.channels);
  if (index % 5 == 0) how.sum_bits = 10 + static_cast<int>(index % 22);
  const auto requantization = how.requantization();
  const auto residual = random_maps<Element>(split(key, "residual"), shape);
  const auto* added = index % 4 == 0 ? nullptr : &residual;
  const auto before = conv.input;
  auto golden = plain_accumulators(conv.convolution());
  golden.resize(golden.size() + kVectorSlack);
  conv.input = changed_input(conv, split(key, "changes"));
  const auto sums = plain_accumulators(conv.convolution());
  const auto expected =
      requantized(how, added == nullptr ? sums : with_residual(how, sums, residual));
  for_each_simd_target([&] {
    const int zero = sizeof(Element) == 1 && conv.is_input_signed ? 128 : 0;
    BorderedMaps<Element> map(input, zero), fresh(input, zero);
    map.load(before.data(), 1);
    fresh.load(conv.input.data(), 1);
    MapChanges changes(input, sizeof(Element));
    find_changes<Element>(all_pixels(input.height, input.width), map, fresh, changes);
    find_terms(map, fresh, changes);

    const DifferenceConvolution<Element> difference(conv.convolution());
    std::vector<std::int32_t> memory(difference.memory()), result(sums.size());
    const ChangedInput changed{changes, golden.data(), memory.data()};
    const auto pixels = all_pixels(shape.height, shape.width);
    difference.sum(changed, pixels, result.data());
    ASSERT_EQ(result, sums) << index;
    BorderedMaps<Element> output(shape, requantization.zero);
    difference.store(changed, pixels,
                     {.requantization = requantization, .residual = added, .output = output});
    ASSERT_EQ(integers_of(output), expected) << index;
    EXPECT_TRUE(is_border_zero(output));
  });
}

TEST(DifferenceConvolution, EqualsTheReferenceInBytes) {
  for (std::uint64_t i = 0; i < 150; ++i) expect_changed_like_the_reference<std::uint8_t>(i);
}

TEST(DifferenceConvolution, EqualsTheReferenceInShorts) {
  for (std::uint64_t i = 0; i < 150; ++i) expect_changed_like_the_reference<std::int16_t>(i);
}

}  // namespace
}  // namespace citrine
