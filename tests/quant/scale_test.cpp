#include "quant/scale.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/random.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Scale, PowersOfTwoAreShifts) {
  for (int exponent = -62; exponent <= 30; ++exponent)
    EXPECT_EQ(nearest_scale(std::ldexp(1.0, exponent)), (Scale{.shift = -exponent})) << exponent;
}

// 0.75 = 3 * 2^29 / 2^31; 3 = 3 * 2^29 / 2^29; 3 * 2^-34 needs fewer bits, as shifts end at 62.
TEST(Scale, OthersAreMultipliersByHand) {
  EXPECT_EQ(nearest_scale(0.75), (Scale{3 << 29, 31}));
  EXPECT_EQ(nearest_scale(3), (Scale{3 << 29, 29}));
  EXPECT_EQ(nearest_scale(3 * 0x1p-34), (Scale{3 << 28, 62}));
  EXPECT_EQ(nearest_scale(0.75)(10), 8);
  EXPECT_EQ(nearest_scale(0.75)(-10), -7);
  // The mantissa rounds up to the next power of two.
  EXPECT_EQ(nearest_scale(1 - 0x1p-40), (Scale{.shift = 0}));
}

TEST(Scale, TheRatioIsExactTo31Bits) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double ratio = std::exp2(60 * uniform({3, 4}, i) - 30);
    EXPECT_NEAR(nearest_scale(ratio).ratio() / ratio, 1, 0x1p-30) << ratio;
  }
}

TEST(Scale, RefusesWhatItCannotHold) {
  for (const double ratio : {0.0, -1.0, 0x1p-63, 0x1p31, std::nan("")})
    EXPECT_THAT([&] { nearest_scale(ratio); },
                ThrowsMessage<Error>(HasSubstr("ratio from 2^-62 to 2^30")));
}

}  // namespace
}  // namespace citrine
