#include "search/hypervolume.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/random.h"

namespace citrine {
namespace {

std::vector<double> all(double value, std::size_t dimensions) {
  return std::vector<double>(dimensions, value);
}

TEST(Hypervolume, OfBoxesByHand) {
  EXPECT_DOUBLE_EQ(hypervolume({{1}, {2}}, all(3, 1)), 2);
  EXPECT_DOUBLE_EQ(hypervolume({{1, 2}, {2, 1}}, all(3, 2)), 3);
  EXPECT_DOUBLE_EQ(hypervolume({{0, 0, 0}}, std::vector<double>{1, 2, 3}), 6);
  EXPECT_DOUBLE_EQ(hypervolume({{0, 0, 1}, {0, 1, 0}, {1, 0, 0}}, all(2, 3)), 7);
  // Two boxes of 2 x 1 x 1 x 1 that share a unit cube; in five dimensions likewise.
  EXPECT_DOUBLE_EQ(hypervolume({{0, 1, 1, 1}, {1, 0, 1, 1}}, all(2, 4)), 3);
  EXPECT_DOUBLE_EQ(hypervolume({{0, 1, 1, 1, 1}, {1, 0, 1, 1, 1}}, all(2, 5)), 3);
  EXPECT_DOUBLE_EQ(hypervolume({{0, 1, 1, 1, 1, 1}, {1, 0, 1, 1, 1, 1}}, all(2, 6)), 3);
}

TEST(Hypervolume, OfNothingBelowTheReferenceIsZero) {
  EXPECT_EQ(hypervolume({}, all(1, 3)), 0);
  EXPECT_EQ(hypervolume({{1, 0}, {0, 2}}, all(1, 2)), 0);
}

TEST(Hypervolume, ChecksItsPoints) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(hypervolume({{1, 2, 3}}, all(1, 2)), Error);
  EXPECT_THROW(hypervolume({{1, nan}}, all(1, 2)), Error);
  EXPECT_THROW(hypervolume({{0, 0}}, all(nan, 2)), Error);
  EXPECT_THROW(hypervolume({}, {}), Error);
  EXPECT_THROW(hypervolume_contributions({{1, 2, 3}}, all(1, 2)), Error);
}

// Zitzler, Deb, Thiele 2000: the second objective of a front over the first, in [0, 1].
double of_curve(int steps, double (*second)(double)) {
  Points points;
  for (int i = 0; i <= steps; ++i) {
    const double x = static_cast<double>(i) / steps;
    points.push_back({x, second(x)});
  }
  return hypervolume(points, all(1.1, 2));
}

// Samples lose less than a strip of height 1 and the width of a step.
TEST(Hypervolume, OfZdtFronts) {
  const auto zdt1 = [](double x) { return 1 - std::sqrt(x); };
  const auto zdt2 = [](double x) { return 1 - x * x; };
  for (const int steps : {10, 100, 1000, 10000}) {
    EXPECT_LT(of_curve(steps, zdt1), 0.876667);
    EXPECT_NEAR(of_curve(steps, zdt1), 0.876667, 1.0 / steps);
    EXPECT_LT(of_curve(steps, zdt2), 0.543334);
    EXPECT_NEAR(of_curve(steps, zdt2), 0.543333, 1.0 / steps);
  }
}

// Vectors of `dimensions` whole numbers of at least 0 whose sum is `sum`.
Points lattice(std::size_t dimensions, int sum) {
  if (dimensions == 1) return {{static_cast<double>(sum)}};
  Points points;
  for (int first = 0; first <= sum; ++first)
    for (auto rest : lattice(dimensions - 1, sum - first)) {
      rest.insert(rest.begin(), first);
      points.push_back(std::move(rest));
    }
  return points;
}

double binomial(int n, int k) {
  double result = 1;
  for (int i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return result;
}

// The front of DTLZ1 (Deb et al. 2005), sum 0.5, on a lattice of `steps`. What it leaves are the
// cells whose corners sum to less than `steps`.
double of_simplex(std::size_t dimensions, int steps) {
  auto points = lattice(dimensions, steps);
  for (auto& point : points)
    for (double& value : point) value *= 0.5 / steps;
  return hypervolume(points, all(0.6, dimensions));
}

TEST(Hypervolume, OfDtlz1Lattices) {
  for (const std::size_t dimensions : {2U, 3U, 4U, 5U, 6U})
    for (const int steps : {1, 2, 3, 5, 7}) {
      const int d = static_cast<int>(dimensions);
      const double left = binomial(steps - 1 + d, d) * std::pow(0.5 / steps, d);
      EXPECT_NEAR(of_simplex(dimensions, steps), std::pow(0.6, d) - left, 1e-14);
    }
}

TEST(Hypervolume, OfDtlz1FrontsIsApproachedFromBelow) {
  const std::vector<std::pair<std::size_t, double>> fronts = {
      {2, 0.235}, {3, 0.195167}, {5, 0.077500}};
  for (const auto& [dimensions, limit] : fronts) {
    double last = 0;
    for (const int steps : {2, 4, 8}) {
      const double now = of_simplex(dimensions, steps);
      EXPECT_GT(now, last);
      EXPECT_LT(now, limit + 1e-6);
      last = now;
    }
  }
  EXPECT_NEAR(of_simplex(2, 2000), 0.235, 1e-4);
  EXPECT_NEAR(of_simplex(3, 40), 0.195167, 2e-3);
}

// The front of DTLZ2, the unit sphere, at the directions of a lattice.
double of_sphere(std::size_t dimensions, int steps) {
  auto points = lattice(dimensions, steps);
  for (auto& point : points) {
    double squares = 0;
    for (const double value : point) squares += value * value;
    for (double& value : point) value /= std::sqrt(squares);
  }
  return hypervolume(points, all(1.1, dimensions));
}

TEST(Hypervolume, OfDtlz2FrontsIsApproachedFromBelow) {
  const std::vector<std::pair<std::size_t, double>> fronts = {
      {2, 0.424602}, {3, 0.807401}, {5, 1.446017}};
  for (const auto& [dimensions, limit] : fronts) {
    double last = 0;
    for (const int steps : {2, 4, 8}) {
      const double now = of_sphere(dimensions, steps);
      EXPECT_GT(now, last);
      EXPECT_LT(now, limit);
      last = now;
    }
  }
  EXPECT_NEAR(of_sphere(2, 2000), 0.424602, 1e-3);
  EXPECT_NEAR(of_sphere(3, 40), 0.807401, 2e-2);
}

Points random_points(std::size_t count, std::size_t dimensions, Key key) {
  Points points(count);
  std::uint64_t drawn = 0;
  for (auto& point : points)
    for (std::size_t d = 0; d < dimensions; ++d) point.push_back(uniform(key, drawn++));
  return points;
}

// Points on a coarse grid: ties in every coordinate and points that are equal.
Points tied_points(std::size_t count, std::size_t dimensions, Key key) {
  auto points = random_points(count, dimensions, key);
  for (auto& point : points)
    for (double& value : point) value = std::floor(4 * value) / 4;
  return points;
}

// Sum over all subsets of their common box, with its sign.
double by_inclusion_exclusion(const Points& points, std::span<const double> reference) {
  double sum = 0;
  for (std::uint32_t subset = 1; subset < (1U << points.size()); ++subset) {
    double box = 1;
    for (std::size_t d = 0; d < reference.size(); ++d) {
      double extent = std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < points.size(); ++i)
        if ((subset >> i & 1U) != 0) extent = std::min(extent, reference[d] - points[i][d]);
      box *= std::max(extent, 0.0);
    }
    sum += std::popcount(subset) % 2 == 1 ? box : -box;
  }
  return sum;
}

TEST(Hypervolume, IsInclusionAndExclusionOfBoxes) {
  for (std::size_t dimensions = 1; dimensions <= 7; ++dimensions)
    for (std::uint64_t i = 0; i < 30; ++i) {
      const auto reference = all(0.9, dimensions);
      for (const auto& points : {random_points(8, dimensions, {i, dimensions}),
                                 tied_points(8, dimensions, {i, dimensions})})
        ASSERT_NEAR(hypervolume(points, reference), by_inclusion_exclusion(points, reference),
                    1e-12)
            << dimensions << " dimensions, case " << i;
    }
}

// Five standard errors of 40,000 samples.
TEST(Hypervolume, AgreesWithSamples) {
  constexpr std::uint64_t kSamples = 40'000;
  for (std::size_t dimensions = 3; dimensions <= 5; ++dimensions) {
    const auto points = random_points(60, dimensions, {17, dimensions});
    std::uint64_t hits = 0, drawn = 0;
    for (std::uint64_t sample = 0; sample < kSamples; ++sample) {
      std::vector<double> place(dimensions);
      for (double& value : place) value = uniform({18, dimensions}, drawn++);
      hits += std::ranges::any_of(points, [&](const auto& point) {
        return std::ranges::equal(point, place, std::less_equal());
      });
    }
    const double share = static_cast<double>(hits) / kSamples;
    EXPECT_NEAR(hypervolume(points, all(1, dimensions)), share,
                5 * std::sqrt(share * (1 - share) / kSamples));
  }
}

TEST(Hypervolume, DoesNotDependOnTheOrder) {
  auto points = random_points(40, 5, {19, 0});
  const double before = hypervolume(points, all(1, 5));
  std::ranges::reverse(points);
  EXPECT_NEAR(hypervolume(points, all(1, 5)), before, 1e-14);
}

TEST(HypervolumeContributions, AreWhatIsLostWithoutThePoint) {
  for (std::size_t dimensions = 1; dimensions <= 6; ++dimensions)
    for (std::uint64_t i = 0; i < 10; ++i) {
      const auto reference = all(0.9, dimensions);
      for (const auto& points :
           {random_points(25, dimensions, {i, 20}), tied_points(25, dimensions, {i, 21})}) {
        const auto contributions = hypervolume_contributions(points, reference);
        const double whole = hypervolume(points, reference);
        for (std::size_t j = 0; j < points.size(); ++j) {
          auto others = points;
          others.erase(others.begin() + static_cast<std::ptrdiff_t>(j));
          ASSERT_NEAR(contributions[j], whole - hypervolume(others, reference), 1e-12);
        }
      }
    }
}

TEST(HypervolumeContributions, OfEqualPointsAreZero) {
  EXPECT_EQ(hypervolume_contributions({{0, 0}, {0, 0}}, all(1, 2)), all(0, 2));
}

}  // namespace
}  // namespace citrine
