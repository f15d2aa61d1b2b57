#include "search/pareto.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "kernels/random.h"
#include "search/hypervolume.h"
#include "search/population_cap.h"

namespace citrine {
namespace {

using Indices = std::vector<std::size_t>;

bool is_dominated(const std::vector<double>& a, const std::vector<double>& b) {
  return dominates(b, a);
}

TEST(Dominates, NeedsOneThatIsLessAndNoneThatIsMore) {
  EXPECT_TRUE(dominates(std::vector<double>{1, 2}, std::vector<double>{1, 3}));
  EXPECT_FALSE(is_dominated({1, 2}, {1, 2}));
  EXPECT_FALSE(is_dominated({1, 3}, {2, 2}));
  EXPECT_FALSE(is_dominated({1, 2}, {1, 3}));
}

TEST(ParetoFront, ByHand) {
  EXPECT_EQ(pareto_front({}), Indices{});
  EXPECT_EQ(pareto_front({{3, 3}, {1, 4}, {2, 2}, {4, 1}, {2, 2}, {1, 5}}), (Indices{1, 2, 3, 4}));
}

Points random_points(std::size_t count, std::size_t dimensions, Key key) {
  Points points(count);
  std::uint64_t drawn = 0;
  for (auto& point : points)
    for (std::size_t d = 0; d < dimensions; ++d)
      point.push_back(static_cast<double>(uniform_below(key, drawn++, 12)));
  return points;
}

// Who is in is dominated by none; who is out by one that is in.
TEST(ParetoFront, SplitsThePoints) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto points = random_points(40, 2 + i % 4, {i, 1});
    const auto front = pareto_front(points);
    for (std::size_t j = 0; j < points.size(); ++j) {
      const bool is_in = std::ranges::binary_search(front, j);
      const bool is_beaten = std::ranges::any_of(
          front, [&](std::size_t member) { return dominates(points[member], points[j]); });
      ASSERT_NE(is_in, is_beaten) << "case " << i << ", point " << j;
    }
  }
}

TEST(PopulationCap, KeepsAllWhileThereIsRoom) {
  EXPECT_EQ(most_contributing({{1, 2}, {2, 1}}, 2), (Indices{0, 1}));
  EXPECT_EQ(most_contributing({}, 3), Indices{});
}

// Scaled to [0, 1]: (0, 1), (0.1, 0.8), (0.2, 0.7), (1, 0). Under (1.1, 1.1) they alone hold 0.1 *
// 0.1, 0.1 * 0.2, 0.8 * 0.1 and 0.1 * 0.7. The first goes, then (0.1, 0.8): 0.1 * 0.3.
TEST(PopulationCap, DropsTheLeastContributionOneByOne) {
  const Points points = {{0, 10}, {1, 8}, {2, 7}, {10, 0}};
  EXPECT_EQ(most_contributing(points, 3), (Indices{1, 2, 3}));
  EXPECT_EQ(most_contributing(points, 2), (Indices{2, 3}));
  EXPECT_EQ(most_contributing(points, 1), (Indices{2}));
}

TEST(PopulationCap, DropsTheLastOfEqualPoints) {
  EXPECT_EQ(most_contributing({{0, 1}, {0.5, 0.5}, {0.5, 0.5}, {1, 0}}, 3), (Indices{0, 1, 3}));
}

// Units do not matter: objectives are scaled.
TEST(PopulationCap, DoesNotDependOnUnits) {
  for (std::uint64_t i = 0; i < 10; ++i) {
    auto points = random_points(30, 3, {i, 2});
    const auto kept = most_contributing(points, 10);
    for (auto& point : points) point[1] = 1024 * point[1] + 4096;
    EXPECT_EQ(most_contributing(points, 10), kept);
    EXPECT_EQ(kept.size(), 10U);
    EXPECT_TRUE(std::ranges::is_sorted(kept));
  }
}

// An objective on which all agree decides nothing.
TEST(PopulationCap, ToleratesAnObjectiveThatIsConstant) {
  EXPECT_EQ(most_contributing({{0, 5, 10}, {1, 5, 8}, {2, 5, 7}, {10, 5, 0}}, 3),
            (Indices{1, 2, 3}));
}

}  // namespace
}  // namespace citrine
