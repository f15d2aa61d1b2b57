#include "quant/linear.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "kernels/error.h"

namespace citrine {
namespace {

TEST(Linear, ByHand) {
  const TensorFormat format{.bits = 8, .is_signed = true, .exponent = -2};
  EXPECT_EQ(encode(1.0, format), 4);
  EXPECT_EQ(encode(0.125, format), 1);    // 0.5 goes up
  EXPECT_EQ(encode(-0.125, format), 0);   // -0.5 goes up
  EXPECT_EQ(encode(-0.375, format), -1);  // -1.5 goes up
  EXPECT_EQ(encode(31.75, format), 127);
  EXPECT_EQ(encode(31.875, format), 127);
  EXPECT_EQ(encode(-32.0, format), -128);
  EXPECT_EQ(encode(-1e300, format), -128);
  EXPECT_EQ(decode(-128, format), -32.0);
  EXPECT_EQ(encode(-1.0, {.bits = 8, .is_signed = false, .exponent = 0}), 0);
  EXPECT_EQ(encode(1e9, {.bits = 8, .is_signed = false, .exponent = 0}), 255);
}

TEST(Linear, EveryCodeOfEveryFormatComesBack) {
  for (int bits = 2; bits <= 12; ++bits)
    for (const bool is_signed : {false, true})
      for (int exponent = -9; exponent <= 3; ++exponent) {
        const TensorFormat format{bits, is_signed, exponent};
        for (int code = format.lowest(); code <= format.highest(); ++code) {
          const double value = decode(code, format), step = std::ldexp(1.0, exponent);
          ASSERT_EQ(encode(value, format), code);
          // The whole half-open cell around it, [-1/2, 1/2), but at the ends.
          ASSERT_EQ(encode(value - step / 2, format), code);
          ASSERT_EQ(encode(value + step * 0.4999, format), code);
        }
        ASSERT_EQ(encode(decode(format.highest() + 1, format), format), format.highest());
        ASSERT_EQ(encode(decode(format.lowest() - 1, format), format), format.lowest());
      }
}

TEST(Linear, RoundsTheNeighboursOfHalves) {
  const TensorFormat format{.bits = 8, .is_signed = true, .exponent = 0};
  for (int code = -127; code < 127; ++code) {
    EXPECT_EQ(encode(std::nextafter(code + 0.5, -1e9), format), code);
    EXPECT_EQ(encode(code + 0.5, format), code + 1);
    EXPECT_EQ(encode(std::nextafter(code + 0.5, 1e9), format), code + 1);
  }
}

TEST(Linear, Infinities) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(encode(infinity, {}), 255);
  EXPECT_EQ(encode(-infinity, {}), 0);
  EXPECT_THROW(encode(std::nan(""), {}), Error);
}

}  // namespace
}  // namespace citrine
