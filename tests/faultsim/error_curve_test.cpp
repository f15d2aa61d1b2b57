// Error over the bit error rate: bands, rates of a rise, and what two networks differ by.
#include "faultsim/error_curve.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "faultsim/curve_comparison.h"
#include "faultsim/isotonic.h"
#include "kernels/error.h"

namespace citrine::testing {
namespace {

using ::testing::ElementsAre;

constexpr double kEndless = std::numeric_limits<double>::infinity();

// Errors in tenths, of the seeds at one rate.
std::vector<CurvePoint> points_at(double rate, const std::vector<std::uint32_t>& wrong,
                                  Site site = Site::weight_memory) {
  std::vector<CurvePoint> points;
  for (int seed = 0; const auto count : wrong)
    points.push_back(
        {.site = site, .rate = rate, .seed = seed++, .images = 10, .wrong = count, .changed = 0});
  return points;
}

// The same error at every seed, for each of the rates.
std::vector<CurvePoint> steady(const std::vector<std::pair<double, std::uint32_t>>& errors,
                               std::size_t seeds = 3) {
  std::vector<CurvePoint> points;
  for (const auto& [rate, wrong] : errors) {
    const auto more = points_at(rate, std::vector<std::uint32_t>(seeds, wrong));
    points.insert(points.end(), more.begin(), more.end());
  }
  return points;
}

TEST(Isotonic, PoolsWhatFalls) {
  const std::vector<double> equal(4, 1);
  EXPECT_THAT(isotonic(std::vector<double>{1, 3, 2, 4}, equal), ElementsAre(1, 2.5, 2.5, 4));
  EXPECT_THAT(isotonic(std::vector<double>{3, 2, 1}, std::vector<double>{1, 1, 2}),
              ElementsAre(1.75, 1.75, 1.75));
  EXPECT_TRUE(isotonic({}, {}).empty());
}

// Errors 0.2, 0.3, 0.4: standard deviation 0.1, Student's t of 2 degrees 4.302653 at 97.5 %.
TEST(CurveBands, AreOfStudentsT) {
  auto points = points_at(1e-4, {2, 3, 4});
  points.push_back(points[1]);  // a seed counts once
  const auto band = curve_bands(points).at(0);
  EXPECT_EQ(band.seeds, 3);
  EXPECT_DOUBLE_EQ(band.mean, 0.3);
  EXPECT_NEAR(band.deviation, 0.1, 1e-15);
  EXPECT_NEAR(band.interval.low, 0.3 - 4.302653 * 0.1 / std::sqrt(3), 1e-7);
  EXPECT_NEAR(band.interval.high, 0.3 + 4.302653 * 0.1 / std::sqrt(3), 1e-7);
}

TEST(CurveBands, OfOneSeedSayNothing) {
  const auto band = curve_bands(points_at(1e-4, {3})).at(0);
  EXPECT_EQ(band.interval, (Interval{0, 1}));
  EXPECT_EQ(band.deviation, 0);
}

TEST(CurveBands, ComeBySiteAndRate) {
  auto points = points_at(1e-3, {1}, Site::activation_memory);
  for (const double rate : {1e-3, 1e-5, 0.0}) points.push_back(points_at(rate, {1})[0]);
  points.push_back({.site = Site::product, .rate = 1, .images = 0});
  std::vector<std::pair<Site, double>> places;
  for (const auto& band : curve_bands(points)) places.emplace_back(band.site, band.rate);
  EXPECT_THAT(
      places,
      ElementsAre(std::pair(Site::weight_memory, 0.0), std::pair(Site::weight_memory, 1e-5),
                  std::pair(Site::weight_memory, 1e-3), std::pair(Site::activation_memory, 1e-3)));
}

// 0.1, 0.2, 0.4 at 1e-5, 1e-4, 1e-3, and 0.1 without faults: half-way from 0.2 to 0.4 is 10^-3.5.
TEST(RiseRates, AreReadOffTheLogarithmicAxis) {
  const auto points = steady({{0, 1}, {1e-5, 1}, {1e-4, 2}, {1e-3, 4}});
  const auto rates = rise_rates({points, 0.1}, std::vector<double>{0.1, 0.2, 0.5});
  ASSERT_EQ(rates.size(), 3U);
  EXPECT_NEAR(rates[0].rate, 1e-4, 1e-16);
  EXPECT_NEAR(rates[1].rate, std::pow(10, -3.5), 1e-15);
  EXPECT_NEAR(rates[1].interval.low, rates[1].rate, 1e-15);
  EXPECT_NEAR(rates[1].interval.high, rates[1].rate, 1e-15);
  EXPECT_EQ(rates[2].rate, kEndless);
  EXPECT_EQ(rates[2].interval, (Interval{kEndless, kEndless}));
  EXPECT_EQ(rise_rates({points, 0}, std::vector<double>{0.05})[0].rate, 0);
}

// The mean reaches 0.3 at 1e-4. The lower ends 0.1, 0.3 - margin fall, and are pooled.
TEST(RiseRates, EndWhereTheBandDoes) {
  auto points = points_at(1e-5, {1, 1, 1});
  for (const double rate : {1e-4, 1e-3}) {
    const auto more = points_at(rate, rate == 1e-4 ? std::vector<std::uint32_t>{2, 3, 4}
                                                   : std::vector<std::uint32_t>{7, 8, 9});
    points.insert(points.end(), more.begin(), more.end());
  }
  const double margin = 4.302653 * 0.1 / std::sqrt(3);
  const auto rate = rise_rates({points, 0.1}, std::vector<double>{0.2})[0];
  EXPECT_NEAR(rate.rate, 1e-4, 1e-16);
  EXPECT_NEAR(rate.interval.low, 1e-5 * std::pow(10, 0.2 / (0.2 + margin)), 1e-11);
  const double pooled = (0.1 + 0.3 - margin) / 2, last = 0.8 - margin;
  EXPECT_NEAR(rate.interval.high, 1e-4 * std::pow(10, (0.3 - pooled) / (last - pooled)), 1e-10);
}

TEST(RiseRates, OfOneSeedAreAnywhere) {
  const auto points = steady({{1e-5, 1}, {1e-4, 4}}, 1);
  const auto rate = rise_rates({points, 0.1}, std::vector<double>{0.1})[0];
  EXPECT_GT(rate.rate, 1e-5);
  EXPECT_EQ(rate.interval, (Interval{0, kEndless}));
}

TEST(RiseRates, OfARateOfZeroAloneAreOutOfReach) {
  const auto points = steady({{0, 9}});
  EXPECT_EQ(rise_rates({points, 0.1}, std::vector<double>{0.1})[0].rate, kEndless);
}

TEST(RiseRates, RefuseWhatIsNoRise) {
  for (const double rise : {0.0, -0.1, 1.1, std::nan("")})
    EXPECT_THROW(rise_rates({}, std::vector<double>{rise}), Error) << rise;
  EXPECT_TRUE(rise_rates({}, std::vector<double>{1}).empty());
}

// Differences 0.1, 0.2, 0 of the seeds: mean 0.1, standard deviation 0.1. A fourth seed is the
// first's alone.
TEST(CurveDifferences, AreOfTheSameSeeds) {
  const auto first = points_at(1e-4, {1, 2, 3, 9}), second = points_at(1e-4, {2, 4, 3});
  const auto forth = curve_differences(first, second).at(0);
  EXPECT_EQ(forth.seeds, 3);
  EXPECT_NEAR(forth.difference, 0.1, 1e-15);
  EXPECT_NEAR(forth.interval.high, 0.1 + 4.302653 * 0.1 / std::sqrt(3), 1e-7);
  const auto back = curve_differences(second, first).at(0);
  EXPECT_EQ(back.difference, -forth.difference);
  EXPECT_NEAR(back.interval.low, -forth.interval.high, 1e-15);
}

TEST(CurveDifferences, NeedACommonSiteAndRate) {
  const auto points = points_at(1e-4, {1, 2});
  EXPECT_TRUE(curve_differences(points, points_at(1e-3, {1, 2})).empty());
  EXPECT_TRUE(curve_differences(points, points_at(1e-4, {1, 2}, Site::product)).empty());
  EXPECT_TRUE(curve_differences(points, {}).empty());
}

std::vector<CurvePoint> rising(std::uint32_t more) {
  std::vector<CurvePoint> points;
  for (std::uint32_t i = 0; i < 4; ++i) {
    const auto at = points_at(std::pow(10, -6.0 + i), {i + more, i, 2 * i, i + more, i});
    points.insert(points.end(), at.begin(), at.end());
  }
  return points;
}

TEST(IdenticalCurves, DifferByNothing) {
  const auto points = rising(1);
  for (const auto& difference : curve_differences(points, points)) {
    EXPECT_EQ(difference.difference, 0);
    EXPECT_EQ(difference.interval, (Interval{0, 0}));
  }
  const auto ratio = rise_ratios({points, 0}, {points, 0}, std::vector<double>{0.2})[0];
  EXPECT_EQ(ratio.ratio, 1);
  EXPECT_EQ(ratio.interval, (Interval{1, 1}));
}

TEST(RiseRatios, AreOfRates) {
  const auto first = steady({{1e-6, 1}, {1e-5, 2}, {1e-4, 4}, {1e-3, 8}});
  const auto second = steady({{1e-6, 1}, {1e-5, 1}, {1e-4, 2}, {1e-3, 4}});
  const auto ratio = rise_ratios({first, 0.1}, {second, 0.1}, std::vector<double>{0.1})[0];
  ASSERT_TRUE(ratio.ratio);
  EXPECT_NEAR(*ratio.ratio, 10, 1e-12);
  EXPECT_NEAR(ratio.interval.low, 10, 1e-12);
  EXPECT_NEAR(ratio.interval.high, 10, 1e-12);
}

// The first has risen at 1e-5, the second at none of the rates up to 1e-3: over 100 times.
TEST(RiseRatios, SayWhatIsKnownBeyondTheRates) {
  const auto first = steady({{1e-6, 1}, {1e-5, 2}, {1e-4, 4}, {1e-3, 8}});
  const auto second = steady({{1e-6, 1}, {1e-5, 1}, {1e-4, 1}, {1e-3, 1}});
  const std::vector<double> rises = {0.1};
  const auto ratio = rise_ratios({first, 0.1}, {second, 0.1}, rises)[0];
  EXPECT_FALSE(ratio.ratio);
  EXPECT_NEAR(ratio.interval.low, 100, 1e-10);
  EXPECT_EQ(ratio.interval.high, kEndless);
  const auto back = rise_ratios({second, 0.1}, {first, 0.1}, rises)[0];
  EXPECT_EQ(back.interval.low, 0);
  EXPECT_NEAR(back.interval.high, 0.01, 1e-14);
}

TEST(RiseRatios, TurnOverWithTheOrder) {
  const auto first = rising(1), second = rising(0);
  const std::vector<double> rises = {0.2};
  const auto forth = rise_ratios({first, 0}, {second, 0}, rises)[0];
  const auto back = rise_ratios({second, 0}, {first, 0}, rises)[0];
  EXPECT_GT(*forth.ratio, 1);
  EXPECT_LT(forth.interval.low, *forth.ratio);
  EXPECT_GT(forth.interval.high, *forth.ratio);
  EXPECT_NEAR(*forth.ratio * *back.ratio, 1, 1e-12);
  EXPECT_NEAR(forth.interval.low * back.interval.high, 1, 1e-12);
  EXPECT_NEAR(forth.interval.high * back.interval.low, 1, 1e-12);
}

}  // namespace
}  // namespace citrine::testing
