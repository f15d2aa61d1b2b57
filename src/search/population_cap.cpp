#include "search/population_cap.h"

#include <algorithm>
#include <numeric>

#include "search/hypervolume.h"

namespace citrine {
namespace {

constexpr double kReference = 1.1;

Points scaled_to_unit(Points points) {
  for (std::size_t d = 0; d < points.front().size(); ++d) {
    const auto coordinate = [d](const std::vector<double>& point) { return point[d]; };
    const double least = std::ranges::min(points, {}, coordinate)[d];
    const double range = std::ranges::max(points, {}, coordinate)[d] - least;
    for (auto& point : points) point[d] = range > 0 ? (point[d] - least) / range : 0;
  }
  return points;
}

std::size_t last_of_least(const std::vector<double>& values) {
  return static_cast<std::size_t>(values.rend() - std::min_element(values.rbegin(), values.rend()) -
                                  1);
}

}  // namespace

std::vector<std::size_t> most_contributing(const Points& points, std::size_t count) {
  std::vector<std::size_t> kept(points.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  if (points.size() <= count) return kept;
  auto left = scaled_to_unit(points);
  const std::vector<double> reference(left.front().size(), kReference);
  while (left.size() > count) {
    const auto least =
        static_cast<std::ptrdiff_t>(last_of_least(hypervolume_contributions(left, reference)));
    left.erase(left.begin() + least);
    kept.erase(kept.begin() + least);
  }
  return kept;
}

}  // namespace citrine
