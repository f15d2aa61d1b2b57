#include "search/pareto.h"

#include <algorithm>
#include <cassert>

namespace citrine {

bool dominates(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size());
  bool is_less = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    is_less = is_less || a[i] < b[i];
  }
  return is_less;
}

std::vector<std::size_t> pareto_front(const Points& points) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (std::ranges::none_of(points, [&](const auto& p) { return dominates(p, points[i]); }))
      front.push_back(i);
  return front;
}

}  // namespace citrine
