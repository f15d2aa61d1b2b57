#include "search/density.h"

#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <set>

#include <gtest/gtest.h>

#include "kernels/error.h"

namespace citrine {
namespace {

Points random_points(std::size_t count, std::size_t dimensions, Key key) {
  Points points(count);
  std::uint64_t drawn = 0;
  for (auto& point : points)
    for (std::size_t d = 0; d < dimensions; ++d)
      point.push_back(std::exp(3 * normal(key, drawn++) + 5));
  return points;
}

// Logarithms of one dimension, standardized by the moments of `points`.
double standardized(const Points& points, double value, std::size_t d) {
  double mean = 0, variance = 0;
  const auto n = static_cast<double>(points.size());
  for (const auto& point : points) mean += std::log(point[d]) / n;
  for (const auto& point : points) variance += std::pow(std::log(point[d]) - mean, 2) / (n - 1);
  return (std::log(value) - mean) / std::sqrt(variance);
}

// The definition, without care for underflow.
double direct_density(const Points& points, const std::vector<double>& place) {
  const auto n = static_cast<double>(points.size()), d = static_cast<double>(place.size());
  const double bandwidth = std::pow(4 / (d + 2), 1 / (d + 4)) * std::pow(n, -1 / (d + 4));
  double sum = 0;
  for (const auto& point : points) {
    double kernel = 1;
    for (std::size_t i = 0; i < place.size(); ++i) {
      const double z =
          (standardized(points, place[i], i) - standardized(points, point[i], i)) / bandwidth;
      kernel *= std::exp(-z * z / 2) / (bandwidth * std::sqrt(2 * std::numbers::pi));
    }
    sum += kernel;
  }
  return sum / n;
}

Points column(const std::vector<double>& values) {
  Points points;
  for (const double value : values) points.push_back({value});
  return points;
}

TEST(Density, IsTheSumOfItsKernels) {
  for (std::size_t dimensions = 1; dimensions <= 4; ++dimensions) {
    const auto points = random_points(20, dimensions, {1, dimensions});
    const Density density(points);
    for (const auto& place : random_points(20, dimensions, {2, dimensions}))
      EXPECT_NEAR(density.log_density(place), std::log(direct_density(points, place)), 1e-9);
  }
}

TEST(Density, DoesNotDependOnUnits) {
  auto points = random_points(15, 2, {3, 0});
  const double before = Density(points).log_density(points[4]);
  for (auto& point : points) point[1] *= 1e6;
  EXPECT_NEAR(Density(points).log_density(points[4]), before, 1e-9);
}

TEST(Density, IsFiniteFarFromAllPoints) {
  const Density density({{1, 1}, {2, 2}, {3, 1}});
  const double far = density.log_density(std::vector<double>{1e300, 1e-300});
  EXPECT_TRUE(std::isfinite(far));
  EXPECT_LT(far, density.log_density(std::vector<double>{2, 2}));
}

// The distances of logarithms count as they are: a factor of e is a deviation.
TEST(Density, ToleratesADimensionOnWhichAllAgree) {
  const Density density({{1, 7}, {4, 7}, {9, 7}});
  const double bandwidth = std::pow(4.0 / (4 * 3), 1.0 / 6);
  const double off = density.log_density(std::vector<double>{4, 7 * std::numbers::e});
  EXPECT_NEAR(density.log_density(std::vector<double>{4, 7}) - off, 1 / (2 * bandwidth * bandwidth),
              1e-9);
  EXPECT_TRUE(
      std::isfinite(Density(Points{std::vector{5.0, 5.0}}).log_density(std::vector<double>{1, 2})));
}

TEST(Density, TakesZeroAsTheSmallestThatIsPositive) {
  const Density density(column({0, 2, 8}));
  EXPECT_EQ(density.log_density(std::vector<double>{0}),
            density.log_density(std::vector<double>{2}));
  EXPECT_TRUE(std::isfinite(Density(column({0, 0})).log_density(std::vector<double>{0})));
}

TEST(Density, ChecksItsPoints) {
  EXPECT_THROW(Density(Points{}), Error);
  EXPECT_THROW(Density(Points{{1, 2}, {1}}), Error);
  EXPECT_THROW(Density(column({-1})), Error);
  EXPECT_THROW(Density(column({std::numeric_limits<double>::infinity()})), Error);
}

// The first of two draws is as likely as its weight says: five standard errors.
TEST(WeightedDraw, IsInProportionToTheWeights) {
  const std::vector<double> weights = {1, 2, 3, 4};
  std::vector<double> logs;
  for (const double weight : weights) logs.push_back(std::log(weight) - 800);
  constexpr int kDraws = 20'000;
  std::map<std::size_t, int> first, second_after_last;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const auto drawn = weighted_draw(logs, 2, {i, 9});
    ++first[drawn[0]];
    if (drawn[0] == 3) ++second_after_last[drawn[1]];
  }
  const auto check = [](double hits, double trials, double p) {
    EXPECT_NEAR(hits / trials, p, 5 * std::sqrt(p * (1 - p) / trials));
  };
  for (std::size_t i = 0; i < 4; ++i) check(first[i], kDraws, weights[i] / 10);
  for (std::size_t i = 0; i < 3; ++i) check(second_after_last[i], first[3], weights[i] / 6);
}

TEST(WeightedDraw, NeverTakesOneTwice) {
  const std::vector<double> logs = {0, -1e6, 1e6, 0, -3};
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto drawn = weighted_draw(logs, 9, {i, 10});
    EXPECT_EQ(std::set<std::size_t>(drawn.begin(), drawn.end()).size(), 5U);
    EXPECT_EQ(drawn.front(), 2U);
    EXPECT_EQ(drawn.back(), 1U);
  }
  EXPECT_TRUE(weighted_draw({}, 3, {1, 2}).empty());
}

}  // namespace
}  // namespace citrine
