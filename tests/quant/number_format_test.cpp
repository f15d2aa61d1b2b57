#include "quant/number_format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <gmock/gmock.h>

#include "kernels/bits.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<std::int32_t> positive_values(const char* name) {
  const NumberFormat format(name);
  std::vector<std::int32_t> values;
  std::ranges::copy_if(format.values(), std::back_inserter(values), [](int v) { return v > 0; });
  return values;
}

std::vector<std::int32_t> read_all(const char* name) {
  const NumberFormat format(name);
  std::vector<std::int32_t> values;
  for (std::uint32_t code = 0; code < 1U << format.bits(); ++code)
    values.push_back(format.value(code));
  return values;
}

// Without the tables: the format's values looked at one by one, the higher one of two as near.
std::int32_t nearest_by_search(const NumberFormat& format, double value) {
  const double inside = std::clamp<double>(value, format.lowest(), format.highest());
  std::int32_t best = format.lowest();
  for (const auto candidate : format.values())
    if (std::abs(candidate - inside) <= std::abs(best - inside)) best = candidate;
  return best;
}

class EveryFormat : public ::testing::TestWithParam<std::string> {
 protected:
  const NumberFormat format_{GetParam()};
  const std::uint32_t codes_ = 1U << format_.bits();
};

TEST(NumberFormat, ValuesByHand) {
  EXPECT_THAT(positive_values("linear4"), ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(positive_values("magnitude3"), ElementsAre(1, 2, 3));
  EXPECT_THAT(positive_values("unsigned2"), ElementsAre(1, 2, 3));
  EXPECT_THAT(positive_values("pot2"), ElementsAre(1));
  EXPECT_THAT(positive_values("pot4"), ElementsAre(1, 2, 4, 8, 16, 32, 64));
  EXPECT_THAT(positive_values("unsigned_pot3"), ElementsAre(1, 2, 4, 8, 16, 32, 64));
  EXPECT_THAT(positive_values("twohot3"), ElementsAre(1, 2, 3, 4, 5, 6, 8));
  EXPECT_THAT(positive_values("twohot4"), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16));
  // Li et al. 2020: 0, 2^0, 2^-1, 2^-3 and 0, 2^-2, in units of 2^-3; then 0, 2^0, 2^-2, 2^-4 and
  // 0, 2^-1, 2^-3, 2^-5 in units of 2^-5.
  EXPECT_THAT(positive_values("apot4"), ElementsAre(1, 2, 3, 4, 6, 8, 10));
  EXPECT_THAT(positive_values("apot5"),
              ElementsAre(1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 33, 36, 48));
  EXPECT_THAT(positive_values("logsqrt4"), ElementsAre(128, 181, 256, 362, 512, 724, 1024));
}

TEST(NumberFormat, CodesByHand) {
  EXPECT_THAT(read_all("linear3"), ElementsAre(0, 1, 2, 3, -4, -3, -2, -1));
  EXPECT_THAT(read_all("magnitude3"), ElementsAre(0, 1, 2, 3, 0, -1, -2, -3));
  EXPECT_THAT(read_all("unsigned3"), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(read_all("pot3"), ElementsAre(0, 1, 2, 4, 0, -1, -2, -4));
  EXPECT_THAT(read_all("unsigned_pot2"), ElementsAre(0, 1, 2, 4));
  EXPECT_THAT(read_all("apot4"), ElementsAre(0, 2, 1, 3, 4, 6, 8, 10,  //
                                             0, -2, -1, -3, -4, -6, -8, -10));
  EXPECT_THAT(read_all("logsqrt3"), ElementsAre(0, 128, 181, 256, 0, -128, -181, -256));
  const NumberFormat two_hot("twohot4");
  ASSERT_EQ(two_hot.bits(), 8);
  EXPECT_EQ(two_hot.code(3), 0b0011'1001U);   // 4 - 1
  EXPECT_EQ(two_hot.code(-7), 0b1100'0001U);  // -8 + 1
  EXPECT_EQ(two_hot.code(12), 0b0100'0011U);  // 8 + 4: there is no 16
  EXPECT_EQ(two_hot.code(16), 0b0100'0100U);
  EXPECT_EQ(two_hot.value(0b0000'1001), -1);
  EXPECT_EQ(two_hot.value(0b0101'0111), 16);  // exponents above the highest
  EXPECT_EQ(two_hot.value(0b1000'1000), 0);
}

TEST(NumberFormat, TiesGoUp) {
  const NumberFormat format("pot4");
  EXPECT_EQ(format.nearest(6), 8);
  EXPECT_EQ(format.nearest(-6), -4);
  EXPECT_EQ(format.nearest(0.5), 1);
  EXPECT_EQ(format.nearest(-0.5), 0);
}

TEST(NumberFormat, TermsByHand) {
  const auto terms = [](const char* name, std::int32_t value) {
    const NumberFormat format(name);
    return format.terms(format.code(value));
  };
  EXPECT_THAT(terms("linear8", 7), ElementsAre(Term{false, 3}, Term{true, 0}));
  EXPECT_THAT(terms("linear8", -96), ElementsAre(Term{true, 7}, Term{false, 5}));
  EXPECT_THAT(terms("pot6", -(1 << 30)), ElementsAre(Term{true, 30}));
  EXPECT_THAT(terms("twohot4", 12), ElementsAre(Term{false, 3}, Term{false, 2}));
  EXPECT_THAT(terms("apot4", -3), ElementsAre(Term{true, 0}, Term{true, 1}));
  EXPECT_THAT(terms("pot3", 0), ElementsAre());
}

TEST(NumberFormat, RefusesWithTheNearestName) {
  EXPECT_THAT([] { NumberFormat("twohot9"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("unknown number format 'twohot9'"),
                                         HasSubstr("did you mean 'twohot3'"))));
  for (const char* name : {"", "linear", "linear9", "linear1", "linear08", "pot7", "8", "Linear8"})
    EXPECT_THROW(NumberFormat{name}, Error) << name;
}

TEST(NumberFormat, WritesWhatOnlyAFaultMakes) {
  EXPECT_EQ(NumberFormat("linear8").code(-128), 0x80U);
  EXPECT_EQ(NumberFormat("magnitude8").code(0), 0U);
}

// Codes of linear8 read as -128 to 127; of two-hot with the powers 1, 2, 4 as -8 to 8.
TEST(NumberFormat, RegistersHoldEveryCode) {
  EXPECT_EQ(NumberFormat("linear8").value_bits(), 8);
  EXPECT_EQ(NumberFormat("magnitude8").value_bits(), 8);
  EXPECT_EQ(NumberFormat("unsigned8").value_bits(), 8);
  EXPECT_EQ(NumberFormat("twohot3").value_bits(), 5);
  EXPECT_EQ(NumberFormat("pot4").value_bits(), 8);  // up to 64
  EXPECT_TRUE(NumberFormat("pot6").has_gaps());
  EXPECT_FALSE(NumberFormat("linear8").has_gaps());
  EXPECT_TRUE(NumberFormat("pot3").has_gaps() && NumberFormat("twohot4").has_gaps());
  EXPECT_TRUE(NumberFormat("linear8").contains(-127));
  EXPECT_FALSE(NumberFormat("linear8").contains(-128));
}

TEST(NumberFormat, RefusesWhatIsNoValue) {
  const NumberFormat format("twohot4");
  EXPECT_THAT([&] { format.code(11); },
              ThrowsMessage<Error>(AllOf(HasSubstr("twohot4"), HasSubstr("got 11"),
                                         HasSubstr("the nearest one is 12"))));
  EXPECT_THROW(format.code(17), Error);
  EXPECT_THROW(NumberFormat("linear8").code(-129), Error);
  EXPECT_THROW(NumberFormat("unsigned8").code(-1), Error);
  EXPECT_THROW(format.nearest(std::nan("")), Error);
}

TEST_P(EveryFormat, RoundTrip) {
  std::set<std::uint32_t> written;
  for (const auto value : format_.values()) {
    ASSERT_EQ(format_.value(format_.code(value)), value);
    ASSERT_EQ(format_.nearest(value), value);
    ASSERT_LT(format_.code(value), codes_);
    written.insert(format_.code(value));
  }
  EXPECT_EQ(written.size(), format_.values().size());
}

// Every code reads as a value of the format, but -2^(bits - 1); what it reads as has a code.
TEST_P(EveryFormat, EveryCodeReads) {
  const bool is_linear = GetParam().starts_with("linear");
  for (std::uint32_t code = 0; code < codes_; ++code) {
    const auto value = format_.value(code);
    ASSERT_TRUE(!is_linear || value == wrap(code, format_.bits(), true)) << code;
    if (is_linear && code == codes_ / 2) continue;
    ASSERT_TRUE(std::ranges::binary_search(format_.values(), value)) << code;
    ASSERT_EQ(format_.value(code | codes_), value) << "a bit beyond the code";
  }
}

TEST_P(EveryFormat, IsSymmetricOrUnsigned) {
  EXPECT_EQ(format_.nearest(0), 0);
  EXPECT_EQ(format_.code(0), 0U);
  EXPECT_EQ(format_.is_signed(), !GetParam().starts_with("unsigned"));
  for (const auto value : format_.values())
    ASSERT_EQ(format_.nearest(-value), format_.is_signed() ? -value : 0);
}

TEST_P(EveryFormat, NearestOnADenseGrid) {
  const double highest = format_.highest();
  for (int i = -6000; i <= 6000; ++i) {
    const double value = highest * i / 5000;
    ASSERT_EQ(format_.nearest(value), nearest_by_search(format_, value)) << value;
  }
  // Around zero, where wide formats are far finer than that grid.
  for (int i = -2000; i <= 2000; ++i)
    ASSERT_EQ(format_.nearest(i / 64.0), nearest_by_search(format_, i / 64.0)) << i / 64.0;
}

TEST_P(EveryFormat, ChangesAtMidpoints) {
  const auto values = format_.values();
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    const double midpoint = (double(values[i]) + values[i + 1]) / 2;
    ASSERT_EQ(format_.nearest(std::nextafter(midpoint, -kInfinity)), values[i]);
    ASSERT_EQ(format_.nearest(midpoint), values[i + 1]);
    ASSERT_EQ(format_.nearest(std::nextafter(midpoint, kInfinity)), values[i + 1]);
  }
}

TEST_P(EveryFormat, Saturates) {
  for (const double beyond : {0.25, 1.0, 1e9, 1e300, kInfinity}) {
    EXPECT_EQ(format_.nearest(format_.highest() + beyond), format_.highest());
    EXPECT_EQ(format_.nearest(format_.lowest() - beyond), format_.lowest());
  }
}

TEST_P(EveryFormat, ShiftsAndAdditionsMultiply) {
  const NumberFormat powers("unsigned_pot5");
  for (std::uint32_t code = 0; code < codes_; ++code) {
    const auto terms = format_.terms(code);
    for (std::int64_t activation = -128; activation <= 255; ++activation)
      ASSERT_EQ(multiply(terms, activation), format_.value(code) * activation) << code;
    for (const std::int64_t activation : powers.values())
      ASSERT_EQ(multiply(terms, activation), format_.value(code) * activation) << code;
  }
}

std::size_t most_terms(const std::string& name, int bits) {
  if (name.starts_with("pot") || name.starts_with("unsigned_pot")) return 1;
  if (name.starts_with("twohot")) return 2;
  if (name.starts_with("logsqrt")) return 5;                   // 181 = 128 + 64 - 8 - 4 + 1
  if (name.starts_with("apot")) return std::size_t(bits / 2);  // one of each grid
  // Canonical signed digits: every second place, and one above the magnitude.
  return std::size_t(name.starts_with("unsigned") ? bits / 2 + 1 : (bits + 1) / 2);
}

TEST_P(EveryFormat, AddsAtMostAsManyTerms) {
  std::size_t most = 0;
  for (std::uint32_t code = 0; code < codes_; ++code)
    most = std::max(most, format_.terms(code).size());
  EXPECT_EQ(most, most_terms(GetParam(), format_.bits()));
}

INSTANTIATE_TEST_SUITE_P(All, EveryFormat, ::testing::ValuesIn(number_format_names()),
                         [](const auto& of) { return of.param; });

}  // namespace
}  // namespace citrine
