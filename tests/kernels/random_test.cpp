#include "kernels/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::ElementsAre;

constexpr Key kKey{7, 11};

double chi_square(const std::vector<int>& counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(Random, PhiloxGivesThePublishedAnswers) {
  EXPECT_THAT(philox({0, 0, 0, 0}, {0, 0}),
              ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_THAT(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  // Every word another one, so that exchanged words show.
  EXPECT_THAT(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(Random, DrawsDependOnSeedStreamAndIndex) {
  EXPECT_EQ(random_bits(kKey, 3), random_bits(kKey, 3));
  EXPECT_NE(random_bits(kKey, 3), random_bits(kKey, 4));
  EXPECT_NE(random_bits(kKey, 3), random_bits(kKey, std::uint64_t{3} << 32));
  EXPECT_NE(random_bits(kKey, 3), random_bits({kKey.seed, 12}, 3));
  EXPECT_NE(random_bits(kKey, 3), random_bits({8, kKey.stream}, 3));
}

TEST(Random, SplitsDifferFromEachOtherAndFromTheKey) {
  EXPECT_EQ(split(kKey, 5), split(kKey, 5));
  EXPECT_EQ(split(kKey, "augment"), split(kKey, "augment"));
  EXPECT_FALSE(split(kKey, 5) == split(kKey, 6));
  EXPECT_FALSE(split(kKey, "augment") == split(kKey, "mutate"));
  EXPECT_FALSE(split(split(kKey, 1), 2) == split(split(kKey, 2), 1));
  EXPECT_FALSE(split(kKey, 0) == kKey);
}

// Files hold what was drawn, and a replay draws it again: these values must never change.
TEST(Random, DrawsNeverChange) {
  EXPECT_EQ(random_bits(kKey, 3), 0xa9fff27d2154bc4fU);
  EXPECT_EQ(split(kKey, 5), (Key{7, 0xab684f5febb65687}));
  EXPECT_EQ(split(kKey, "augment"), (Key{7, 0xf42e229c3371dac7}));
  EXPECT_EQ(uniform_below(kKey, 0, 1000003), 305355U);
  // The first draw lies beyond this bound.
  EXPECT_EQ(uniform_below(kKey, 3, std::uint64_t{5} << 61), 4976121485667217264U);
  EXPECT_EQ(normal(kKey, 3), 1.452042773903885);
  EXPECT_EQ(Permutation(kKey, 1000003)(0), 388117U);
  EXPECT_EQ(Permutation(kKey, (std::uint64_t{1} << 40) + 5)(1), 359581011786U);
}

TEST(Random, UniformHasTheMomentsOfTheUnitInterval) {
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const double value = uniform(kKey, i);
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 4 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 4 * std::sqrt(4.0 / 45 / kDraws));
}

TEST(Random, UniformBelowFillsItsRangeEvenly) {
  for (const std::uint64_t bound : {1U, 2U, 3U, 7U, 64U, 100U}) {
    std::vector<int> counts(bound);
    for (std::uint64_t i = 0; i < 1000 * bound; ++i) ++counts.at(uniform_below(kKey, i, bound));
    // Mean + 5 standard deviations of chi-square.
    const double freedom = static_cast<double>(bound - 1);
    EXPECT_LE(chi_square(counts), freedom + 5 * std::sqrt(2 * freedom)) << bound;
  }
}

// A remainder of 64 bits would put 5/8 of the draws into the lower half of this range.
TEST(Random, UniformBelowIsUnbiasedForHugeBounds) {
  constexpr std::uint64_t kBound = std::uint64_t{5} << 61;
  int in_lower_half = 0;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const auto value = uniform_below(kKey, i, kBound);
    ASSERT_LT(value, kBound);
    in_lower_half += value < kBound / 2 ? 1 : 0;
  }
  EXPECT_NEAR(in_lower_half, 5000, 250);
}

TEST(Random, UniformBelowRefusesZero) { EXPECT_THROW(uniform_below(kKey, 0, 0), Error); }

TEST(Random, NormalFollowsTheNormalDistribution) {
  constexpr int kBins = 20, kDraws = 40000;
  std::vector<int> counts(kBins);
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const double probability = 0.5 * std::erfc(-normal(kKey, i) / std::sqrt(2.0));
    ++counts.at(static_cast<std::size_t>(std::min(probability * kBins, kBins - 1.0)));
  }
  EXPECT_LE(chi_square(counts), 19 + 5 * std::sqrt(38.0));
}

TEST(Random, NormalReachesTheTails) {
  int beyond_three = 0;
  for (std::uint64_t i = 0; i < 100000; ++i) beyond_three += std::abs(normal(kKey, i)) > 3 ? 1 : 0;
  EXPECT_NEAR(beyond_three, 270, 5 * std::sqrt(270.0));
}

TEST(Permutation, IsABijection) {
  for (const std::uint64_t size :
       {1U, 2U, 3U, 4U, 5U, 7U, 16U, 17U, 97U, 256U, 257U, 1000U, 4096U, 7919U, 65537U}) {
    const Permutation order(split(kKey, size), size);
    std::vector<bool> is_taken(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto place = order(i);
      ASSERT_LT(place, size);
      ASSERT_FALSE(is_taken[place]) << size << ": " << place << " twice";
      is_taken[place] = true;
    }
  }
}

TEST(Permutation, OfMoreThan32BitsHasNoCollisionInASample) {
  constexpr std::uint64_t kSize = (std::uint64_t{1} << 32) + 15;
  const Permutation order(kKey, kSize);
  std::vector<std::uint64_t> places;
  for (std::uint64_t i = 0; i < 50000; ++i) places.push_back(order(i * (kSize / 50000)));
  std::ranges::sort(places);
  EXPECT_EQ(std::ranges::adjacent_find(places), places.end());
  EXPECT_LT(places.back(), kSize);
  EXPECT_GT(places.back(), kSize / 1000 * 999);
}

TEST(Permutation, SendsEachElementEverywhereEvenly) {
  for (const std::uint64_t size : {5U, 6U, 13U}) {
    std::vector<int> counts(size * size);
    for (std::uint64_t k = 0; k < 400 * size; ++k) {
      const Permutation order(split(kKey, k), size);
      for (std::uint64_t i = 0; i < size; ++i) ++counts[i * size + order(i)];
    }
    const double freedom = static_cast<double>((size - 1) * (size - 1));
    EXPECT_LE(chi_square(counts), freedom + 5 * std::sqrt(2 * freedom)) << size;
  }
}

TEST(Permutation, RefusesZeroElementsAndIndicesBeyondTheEnd) {
  EXPECT_THROW(Permutation(kKey, 0), Error);
  EXPECT_THROW(Permutation(kKey, 3)(3), Error);
}

}  // namespace
}  // namespace citrine
