#include "kernels/geometric.h"

#include <bit>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/fnv.h"
#include "kernels/simd_targets.h"

namespace citrine {
namespace {

using ::testing::ElementsAre;

constexpr Key kKey{7, 11};
constexpr std::uint64_t kFar = (std::uint64_t{1} << 32) - 5;  // both halves of an index change

std::vector<double> draws(Key key, std::uint64_t first, double rate, std::size_t count) {
  std::vector<double> all(count);
  GeometricDraws(key, rate)(first, all);
  return all;
}

// At this rate all 53 bits of a logarithm show.
TEST(Geometric, DrawsAreTheSameOnEveryTarget) {
  for_each_simd_target([] {
    std::uint64_t hash = kFnvBasis;
    for (const double draw : draws(kKey, 0, 1e-16, 100'000))
      for (int shift = 0; shift < 64; shift += 8)
        hash = fnv1a(hash, static_cast<std::uint8_t>(std::bit_cast<std::uint64_t>(draw) >> shift));
    EXPECT_EQ(hash, 1158660542636807468U);
  });
}

// The C library's logarithms, and where these round differently, one more or less.
TEST(Geometric, DrawsAreThoseByInversion) {
  for_each_simd_target([] {
    for (const double rate : {1e-12, 1e-8, 1e-4, 0.03, 0.5, 0.97})
      for (const std::uint64_t first : {std::uint64_t{0}, kFar}) {
        const auto all = draws(kKey, first, rate, 1000);
        int others = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
          const double exact = std::log(1 - uniform(kKey, first + i)) / std::log1p(-rate);
          ASSERT_EQ(all[i], std::floor(all[i]));
          ASSERT_NEAR(all[i], exact - 0.5, 0.5 + 1e-14 * exact) << rate << ' ' << i;
          others += all[i] != std::floor(exact) ? 1 : 0;
        }
        EXPECT_LE(others, 1) << rate;
      }
  });
}

TEST(Geometric, DrawsDependOnTheirIndexAlone) {
  for_each_simd_target([] {
    const auto all = draws(kKey, 0, 0.01, 100);
    for (std::size_t first = 0; first < 40; ++first)
      for (std::size_t count = 0; count < 40; ++count)
        ASSERT_EQ(draws(kKey, first, 0.01, count),
                  std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(first),
                                      all.begin() + static_cast<std::ptrdiff_t>(first + count)));
  });
}

// Curves hold what was drawn: these, computed with 60 digits, must never change.
TEST(Geometric, DrawsNeverChange) {
  for_each_simd_target([] {
    EXPECT_THAT(draws(kKey, 0, 1e-5, 5), ElementsAre(34419, 28061, 101446, 109082, 355774));
    EXPECT_THAT(draws({1, 2}, kFar, 1e-12, 3),
                ElementsAre(247525139239, 1765281455621, 1872450297574));
  });
}

TEST(Geometric, RatesNextToNoneAndAllAreFinite) {
  for_each_simd_target([] {
    for (const double draw : draws(kKey, 0, 1e-300, 100)) EXPECT_TRUE(std::isfinite(draw));
    // Beyond integers of 64 bits.
    const double gap = draws(kKey, 0, 1e-20, 1)[0];
    EXPECT_NEAR(gap, -std::log(1 - uniform(kKey, 0)) * 1e20, 1e6);
    EXPECT_GT(gap, 0x1p63);
    for (const double draw : draws(kKey, 0, std::nextafter(1.0, 0.0), 100)) {
      EXPECT_GE(draw, 0);
      EXPECT_LE(draw, 1);
    }
  });
}

}  // namespace
}  // namespace citrine
