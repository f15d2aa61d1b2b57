#include "kernels/simd_convolution.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/convolution_cases.h"
#include "kernels/simd_targets.h"

namespace citrine {
namespace {

// One output of one step per code given.
bool fits(std::vector<std::int16_t> weights, std::vector<std::int16_t> input, std::int32_t bias,
          const MacWidths& widths) {
  ConvolutionCase conv;
  conv.op.shape.channels = static_cast<int>(weights.size());
  conv.op.widths = widths;
  conv.weights = std::move(weights);
  conv.input = std::move(input);
  conv.bias = {bias};
  const auto op = conv.convolution();
  return fits_registers(op, operand_ranges(op));
}

TEST(FitsRegisters, ComparesTheGreatestProductWithItsRegister) {
  EXPECT_TRUE(fits({-128, 0}, {0, 255}, 0, {}));     // 32640 < 2^15
  EXPECT_FALSE(fits({-128, 0}, {0, 256}, 0, {}));    // 32768
  EXPECT_FALSE(fits({0, 127}, {0, -32768}, 0, {}));  // codes beyond their widths count as well
  EXPECT_TRUE(fits({7}, {9}, 0, {.product = 7}));    // 63 < 2^6
  EXPECT_FALSE(fits({8}, {8}, 0, {.product = 7}));   // 64
  EXPECT_TRUE(fits({2047}, {4095}, 0, {.product = 24}));
}

TEST(FitsRegisters, ASumMayWrapButNotSaturate) {
  EXPECT_TRUE(fits({127, 127}, {255, 255}, 2147483647, {}));
  EXPECT_TRUE(fits({3, 3}, {3, 3}, 110, {.accumulator = 8}));
  // 100 + 2 * 9 = 118 < 2^7; 110 + 18 = 128.
  const MacWidths saturating{.accumulator = 8, .saturates = true};
  EXPECT_TRUE(fits({3, 3}, {3, 3}, 100, saturating));
  EXPECT_FALSE(fits({3, 3}, {3, 3}, 110, saturating));
  EXPECT_FALSE(fits({3, 3}, {3, 3}, -110, saturating));
}

// The range is found whether a code stands in a whole vector or in the rest behind it.
TEST(FitsRegisters, SeesEveryCode) {
  for (std::size_t size = 1; size < 70; ++size)
    for (std::size_t i = 0; i < size; ++i) {
      std::vector<std::int16_t> input(size);
      input[i] = i % 2 == 0 ? 256 : -256;
      EXPECT_FALSE(fits(std::vector<std::int16_t>(size, 128), input, 0, {})) << size << " " << i;
    }
}

void expect_equal_bodies(std::uint64_t count) {
  std::uint64_t compared = 0;
  for (std::uint64_t i = 0; compared < count; ++i) {
    auto conv = random_case(split({9, 0}, i), {.channels = 20, .filters = 36, .size = 3});
    conv.op.widths.product = 32;
    const auto op = conv.convolution();
    const auto ranges = operand_ranges(op);
    if (!fits_registers(op, ranges)) continue;
    ++compared;
    std::vector<std::int32_t> result(static_cast<std::size_t>(op.outputs()), 5);
    convolve_simd(op, ranges, result);
    for (auto& sum : result) sum = wrap(sum, op.widths.accumulator, true);
    ASSERT_EQ(result, plain_accumulators(op)) << i;
  }
}

TEST(SimdConvolution, EqualsTheBodyWhereRegistersFit) {
  for_each_simd_target([] { expect_equal_bodies(100); });
}

// More images than are padded at a time.
TEST(SimdConvolution, EqualsTheBodyOnLargeBatches) {
  ConvolutionCase conv;
  conv.op.shape = {
      .height = 9, .width = 7, .channels = 33, .filters = 3, .kernel = 3, .padding = 1};
  conv.op.images = 70;
  fill(conv, {9, 1});
  const auto op = conv.convolution();
  std::vector<std::int32_t> result(static_cast<std::size_t>(op.outputs()));
  convolve_simd(op, operand_ranges(op), result);
  EXPECT_EQ(result, plain_accumulators(op));
}

}  // namespace
}  // namespace citrine
