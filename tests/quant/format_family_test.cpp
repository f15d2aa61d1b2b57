// What holds of one family alone.
#include "quant/format_family.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "quant/number_format.h"

namespace citrine {
namespace {

TEST(SignedDigits, OfEveryInteger) {
  for (std::int64_t value = -5000; value <= 5000; ++value) {
    const auto terms = signed_digits(value);
    ASSERT_EQ(multiply(terms, 1), value);
    for (std::size_t i = 1; i < terms.size(); ++i)
      ASSERT_GT(terms[i - 1].shift, terms[i].shift + 1) << value;
  }
}

class TwoHot : public ::testing::TestWithParam<int> {
 protected:
  const int exponents_ = GetParam();
  const NumberFormat format_{"twohot" + std::to_string(exponents_)};
};

// All sums of two signed powers or zero are values, so that greedy is optimal.
TEST_P(TwoHot, GreedyReachesEverySum) {
  std::set<std::int32_t> powers{0};
  for (int k = 0; k < exponents_; ++k) powers.insert({1 << k, -(1 << k)});
  std::set<std::int32_t> sums;
  for (const auto a : powers)
    for (const auto b : powers) sums.insert(a + b);
  EXPECT_TRUE(std::ranges::equal(sums, format_.values()));
}

// With the nearest power of magnitude 1.5 * 2^k going up, as greedy encoding of a real does it.
TEST_P(TwoHot, GreedyOnRealsIsAsNear) {
  const auto power = [&](double value) {
    const double magnitude = std::abs(value);
    if (magnitude < 0.5) return 0.0;
    const int exponent = std::ilogb(std::max(magnitude / 1.5, 0.5)) + 1;
    return std::copysign(std::ldexp(1.0, std::min(exponent, exponents_ - 1)), value);
  };
  for (int i = -1; i <= 64 * format_.highest() + 64; ++i) {
    const double value = i / 48.0, first = power(value);
    const double greedy = first + power(value - first);
    ASSERT_EQ(std::abs(greedy - value), std::abs(format_.nearest(value) - value)) << value;
  }
}

TEST_P(TwoHot, CanonicalCodesAreNotAdjacentButAtTheTop) {
  for (const auto value : format_.values()) {
    const auto terms = format_.terms(format_.code(value));
    if (terms.size() < 2) continue;
    const int first = terms[0].shift, second = terms[1].shift;
    const bool is_top = first == exponents_ - 1 && terms[0].is_negative == terms[1].is_negative;
    ASSERT_TRUE(first > second + 1 || (is_top && first <= second + 1)) << value;
  }
}

INSTANTIATE_TEST_SUITE_P(Exponents, TwoHot, ::testing::Range(3, 9),
                         [](const auto& of) { return std::to_string(of.param); });

// Published levels are powers of sqrt(2); ours have at most 0.012 % less.
TEST(LogSqrt, TableIsNearItsPowers) {
  const NumberFormat format("logsqrt6");
  for (std::uint32_t i = 1; i < 32; ++i) {
    const double exact = 128 * std::exp2((i - 1) / 2.0);
    EXPECT_NEAR(format.value(i), exact, exact * 1.2e-4);
    EXPECT_NEAR(format.value(i), exact, std::ldexp(0.02, int(i - 1) / 2)) << "half a unit is 0.5";
  }
}

}  // namespace
}  // namespace citrine
