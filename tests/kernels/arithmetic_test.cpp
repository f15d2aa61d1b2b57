#include <cmath>

#include <gtest/gtest.h>

#include "kernels/bits.h"
#include "kernels/fixed_point.h"

namespace citrine {
namespace {

TEST(Bits, WrapKeepsTheLowBits) {
  EXPECT_EQ(wrap(127, 8, true), 127);
  EXPECT_EQ(wrap(128, 8, true), -128);
  EXPECT_EQ(wrap(128, 8, false), 128);
  EXPECT_EQ(wrap(256, 8, false), 0);
  EXPECT_EQ(wrap(-1, 8, false), 255);
  EXPECT_EQ(wrap(std::int64_t{1} << 31, 32, true), -2147483647 - 1);
  EXPECT_EQ(wrap(1, 1, true), -1);
}

TEST(Registers, SaturateByHand) {
  EXPECT_EQ(saturate(127, 8), 127);
  EXPECT_EQ(saturate(128, 8), 127);
  EXPECT_EQ(saturate(-128, 8), -128);
  EXPECT_EQ(saturate(-129, 8), -128);
  EXPECT_EQ(saturate(std::int64_t{1} << 40, 32), INT32_MAX);
  EXPECT_EQ(saturate(-(std::int64_t{1} << 40), 32), INT32_MIN);
}

TEST(Bits, WrapIsTheIdentityOnItsRange) {
  for (int width = 1; width <= 12; ++width)
    for (int code = -(1 << width); code < 2 << width; ++code) {
      const int half = 1 << (width - 1);
      EXPECT_EQ(wrap(code, width, true) == code, code >= -half && code < half);
      EXPECT_EQ(wrap(code, width, false) == code, code >= 0 && code < 2 * half);
      EXPECT_EQ((wrap(code, width, true) - code) % (1 << width), 0);
      EXPECT_EQ((wrap(code, width, false) - code) % (1 << width), 0);
    }
}

TEST(Bits, FlipChangesOneBitAndUndoesItself) {
  for (const bool is_signed : {false, true})
    for (int width = 1; width <= 10; ++width)
      for (int bit = 0; bit < width; ++bit)
        for (int code = 0; code < 1 << width; ++code) {
          const auto value = wrap(code, width, is_signed);
          const auto flipped = flip(value, bit, width, is_signed);
          const int weight = is_signed && bit == width - 1 ? -(1 << bit) : 1 << bit;
          EXPECT_EQ(flipped, value + ((code >> bit & 1) == 1 ? -weight : weight));
          EXPECT_EQ(flip(flipped, bit, width, is_signed), value);
        }
}

TEST(Bits, ChangesClearThenFlip) {
  EXPECT_EQ(read_as(0b1010, {0b0011, 0}, 4, false), 0b1000);       // stuck at 0
  EXPECT_EQ(read_as(0b1010, {0b0101, 0b0101}, 4, false), 0b1111);  // stuck at 1
  EXPECT_EQ(read_as(0b0010, {0b0000, 0b1000}, 4, true), -6);
}

TEST(Bits, OneChangeAfterTheOtherIsBoth) {
  for (std::uint32_t first = 0; first < 64; ++first)
    for (std::uint32_t second = 0; second < 64; ++second) {
      const BitChange a{first >> 3, first & 7}, b{second >> 3, second & 7};
      for (std::uint32_t bits = 0; bits < 8; ++bits) EXPECT_EQ(a.then(b)(bits), b(a(bits)));
    }
}

TEST(Bits, FlipReachesTheSignOf32Bits) { EXPECT_EQ(flip(0, 31, 32, true), -2147483647 - 1); }

TEST(FixedPoint, RoundsHalvesUp) {
  EXPECT_EQ(round_shift(3, 1), 2);
  EXPECT_EQ(round_shift(-3, 1), -1);
  EXPECT_EQ(round_shift(-5, 2), -1);
  EXPECT_EQ(round_shift(-6, 2), -1);
  EXPECT_EQ(round_shift(-7, 2), -2);
  EXPECT_EQ(round_shift(-3, -2), -12);
  EXPECT_EQ(round_divide(-3, 2), -1);
  EXPECT_EQ(round_divide(5, 10), 1);
  EXPECT_EQ(round_divide(-5, 10), 0);
}

TEST(FixedPoint, EqualsTheFloorOfTheQuotientPlusAHalf) {
  for (std::int64_t value = -600; value <= 600; ++value) {
    for (int shift = 0; shift <= 10; ++shift)
      EXPECT_EQ(round_shift(value, shift),
                std::floor(static_cast<double>(value) / std::ldexp(1.0, shift) + 0.5));
    for (std::int64_t divisor = 1; divisor <= 40; ++divisor) {
      const auto rounded = round_divide(value, divisor);
      // 2 q - 1 <= 2 v / d < 2 q + 1.
      EXPECT_LE((2 * rounded - 1) * divisor, 2 * value);
      EXPECT_GT((2 * rounded + 1) * divisor, 2 * value);
    }
  }
}

TEST(FixedPoint, ClampsToBothEnds) {
  EXPECT_EQ(clamp(std::int64_t{1} << 40, -128, 127), 127);
  EXPECT_EQ(clamp(-(std::int64_t{1} << 40), -128, 127), -128);
  EXPECT_EQ(clamp(5, -128, 127), 5);
}

}  // namespace
}  // namespace citrine
