#include "faultsim/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "faultsim/bit_errors.h"
#include "kernels/error.h"
#include "kernels/random.h"

namespace citrine {
namespace {

TEST(SampleSize, IsAsLeveugleEtAlPrint) {
  const std::uint64_t population = 17'174'144;
  EXPECT_EQ(sample_size(population, 0.01, 2.58), 16'625U);
  EXPECT_EQ(sample_size(population, 0.01, 1.96), 9'599U);
  EXPECT_EQ(sample_size(population, 0.005, 2.58), 66'307U);
  EXPECT_EQ(sample_size(population, 0.005, 1.96), 38'330U);
  EXPECT_EQ(sample_size(population, 0.001, 2.58), 1'517'100U);
  EXPECT_EQ(sample_size(population, 0.001, 1.96), 909'538U);
  EXPECT_EQ(sample_size(population, 0.001, 1.96, 0.004), 15'291U);
  EXPECT_EQ(sample_size(1, 0.01, 1.96), 1U);
}

// Published examples: Newcombe 1998, table I.
TEST(Intervals, AreAsNewcombePrints) {
  const struct {
    std::uint64_t hits, trials;
    double wilson_low, wilson_high, exact_low, exact_high;
  } rows[] = {{81, 263, 0.2553, 0.3662, 0.2527, 0.3676},
              {15, 148, 0.0624, 0.1605, 0.0578, 0.1617},
              {0, 20, 0.0000, 0.1611, 0.0000, 0.1684},
              {1, 29, 0.0061, 0.1718, 0.0009, 0.1776}};
  for (const auto& row : rows) {
    const auto approximate = wilson(row.hits, row.trials);
    EXPECT_NEAR(approximate.low, row.wilson_low, 5e-5);
    EXPECT_NEAR(approximate.high, row.wilson_high, 5e-5);
    const auto exact = clopper_pearson(row.hits, row.trials);
    EXPECT_NEAR(exact.low, row.exact_low, 5e-5);
    EXPECT_NEAR(exact.high, row.exact_high, 5e-5);
  }
}

TEST(Intervals, ReachTheEnds) {
  for (const auto interval : {wilson, clopper_pearson}) {
    EXPECT_EQ(interval(0, 50, 0.95).low, 0);
    EXPECT_EQ(interval(50, 50, 0.95).high, 1);
    EXPECT_GT(interval(0, 50, 0.95).high, 0);
    EXPECT_LT(interval(50, 50, 0.95).low, 1);
    EXPECT_LT(interval(5, 50, 0.9).high, interval(5, 50, 0.99).high);
  }
}

// Coverage by simulation: Clopper and Pearson at least 95 %, Wilson about 95 % on average.
TEST(Intervals, Cover) {
  const std::uint64_t trials = 60;
  std::uint64_t exact_covers = 0, wilson_covers = 0;
  const std::uint64_t runs = 20'000;
  for (std::uint64_t run = 0; run < runs; ++run) {
    const Key key = split(Key{.seed = 5, .stream = 0}, run);
    const double p = uniform(split(key, "p"), 0);
    std::uint64_t hits = 0;
    for (std::uint64_t i = 0; i < trials; ++i) hits += uniform(key, i) < p ? 1 : 0;
    const auto exact = clopper_pearson(hits, trials), approximate = wilson(hits, trials);
    exact_covers += exact.low <= p && p <= exact.high ? 1 : 0;
    wilson_covers += approximate.low <= p && p <= approximate.high ? 1 : 0;
    ASSERT_LE(exact.high - exact.low, 0.28);
  }
  // Standard error of a coverage of 95 % over the runs: 0.15 %.
  EXPECT_GT(static_cast<double>(exact_covers) / runs, 0.95);
  EXPECT_NEAR(static_cast<double>(wilson_covers) / runs, 0.95, 0.01);
}

TEST(Statistics, RefusesWrongInput) {
  EXPECT_THROW(wilson(0, 0), Error);
  EXPECT_THROW(wilson(2, 1), Error);
  EXPECT_THROW(clopper_pearson(0, 0), Error);
  EXPECT_THROW(clopper_pearson(1, 2, 1.0), Error);
  EXPECT_THROW(wilson(1, 2, 0.0), Error);
  EXPECT_THROW(sample_size(0, 0.01, 1.96), Error);
  EXPECT_THROW(sample_size(10, 0.0, 1.96), Error);
  EXPECT_THROW(sample_size(10, 0.01, -1), Error);
  EXPECT_THROW(sample_size(10, 0.01, 1.96, 1.0), Error);
}

TEST(BitErrors, CountsAreBinomial) {
  const struct {
    std::uint64_t bits;
    double rate;
  } cases[] = {{1000, 0.003}, {100'000, 1e-5}, {2'000'000, 1e-3}, {64, 0.5}, {1, 0.25}};
  for (const auto& [bits, rate] : cases) {
    const std::uint64_t draws = 4000;
    double sum = 0, squares = 0;
    for (std::uint64_t i = 0; i < draws; ++i) {
      const auto count =
          static_cast<double>(draw_places(bits, rate, Key{.seed = i, .stream = bits}).size());
      sum += count;
      squares += count * count;
    }
    const double mean = sum / draws, variance = squares / draws - mean * mean;
    const double expected = static_cast<double>(bits) * rate, spread = expected * (1 - rate);
    // Five standard errors; the variance's kurtosis is at most 3 + 1 / spread.
    EXPECT_NEAR(mean, expected, 5 * std::sqrt(spread / draws)) << bits;
    EXPECT_NEAR(variance, spread, 5 * spread * std::sqrt((2 + 1 / spread) / draws)) << bits;
  }
}

TEST(BitErrors, NoneAndAll) {
  EXPECT_TRUE(draw_places(100, 0, {}).empty());
  EXPECT_EQ(draw_places(100, 1, {}).size(), 100U);
  EXPECT_TRUE(draw_places(0, 0.5, {}).empty());
}

TEST(BitErrors, PositionsAscendAndAreUniform) {
  std::vector<int> hits(40, 0);
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    const auto places = draw_places(40, 0.25, Key{.seed = seed, .stream = 1});
    for (const auto place : places) ++hits.at(place);
    ASSERT_EQ(std::ranges::adjacent_find(places, std::greater_equal()), places.end());
  }
  // Expected 1250 each; standard deviation 31.
  for (const int hit : hits) EXPECT_NEAR(hit, 1250, 155);
}

}  // namespace
}  // namespace citrine
