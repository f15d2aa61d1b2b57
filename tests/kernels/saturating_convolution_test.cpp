#include "kernels/saturating_convolution.h"

#include <vector>

#include <gtest/gtest.h>

#include "kernels/convolution_cases.h"
#include "kernels/simd_targets.h"

namespace citrine {
namespace {

// One output of a fully connected layer.
std::int32_t saturated(const std::vector<std::int16_t>& weights,
                       const std::vector<std::int16_t>& input, std::int32_t bias, int bits) {
  ConvolutionCase conv;
  conv.op.shape.channels = static_cast<int>(weights.size());
  conv.op.widths = {.accumulator = bits, .saturates = true};
  conv.weights = weights;
  conv.input = input;
  conv.bias = {bias};
  std::int32_t sum = 0;
  convolve_saturating(conv.convolution(), {&sum, 1});
  return sum;
}

TEST(SaturatingConvolution, ByHand) {
  for_each_simd_target([] {
    // 100 + 40 stays at 127, and then - 30; the other way round nothing saturates.
    EXPECT_EQ(saturated({4, -3}, {10, 10}, 100, 8), 97);
    EXPECT_EQ(saturated({-3, 4}, {10, 10}, 100, 8), 110);
    EXPECT_EQ(saturated({-4, -4, 1}, {20, 20, 9}, 0, 8), -119);
    EXPECT_EQ(saturated({4, 4}, {10, 10}, 100, 9), 180);
  });
}

TEST(SaturatingConvolution, EqualsTheBody) {
  for_each_simd_target([] {
    int different = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
      auto conv = random_case(split({10, 0}, i), {.channels = 9, .filters = 70, .size = 3});
      conv.op.widths = {
          .product = 32, .accumulator = 9 + static_cast<int>(i % 16), .saturates = true};
      fill(conv, split({10, 1}, i));
      auto op = conv.convolution();
      ASSERT_TRUE(fits_saturating(op, operand_ranges(op)));
      std::vector<std::int32_t> result(static_cast<std::size_t>(op.outputs()), 5);
      convolve_saturating(op, result);
      ASSERT_EQ(result, plain_accumulators(op)) << i;
      op.widths.saturates = false;
      different += result == plain_accumulators(op) ? 0 : 1;
    }
    EXPECT_GE(different, 30);
  });
}

// 32 bits must hold every sum before it saturates.
TEST(SaturatingConvolution, KnowsWhatFits) {
  ConvolutionCase conv;
  conv.weights = {-128};
  conv.input = {255};
  conv.bias = {0};
  const auto fits = [&](const MacWidths& widths) {
    conv.op.widths = widths;
    const auto op = conv.convolution();
    return fits_saturating(op, operand_ranges(op));
  };
  EXPECT_TRUE(fits({.accumulator = 31, .saturates = true}));
  EXPECT_FALSE(fits({.accumulator = 32, .saturates = true}));
  EXPECT_FALSE(fits({.accumulator = 20, .saturates = false}));
  EXPECT_FALSE(fits({.product = 15, .accumulator = 20, .saturates = true}));
  conv.bias = {1 << 19};
  EXPECT_FALSE(fits({.accumulator = 20, .saturates = true}));
  EXPECT_TRUE(fits({.accumulator = 21, .saturates = true}));
  conv.bias = {0};
  conv.weights = {INT16_MIN};
  conv.input = {INT16_MIN};  // 2^30
  EXPECT_FALSE(fits({.product = 32, .accumulator = 20, .saturates = true}));
}

}  // namespace
}  // namespace citrine
