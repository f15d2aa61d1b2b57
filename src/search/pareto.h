#pragma once
// Pareto order of objective vectors; every objective is minimized.
#include <cstddef>
#include <span>
#include <vector>

namespace citrine {

using Points = std::vector<std::vector<double>>;

// No coordinate of `a` is greater than that of `b` and one is less.
bool dominates(std::span<const double> a, std::span<const double> b);
// Indices of the points that no other dominates, ascending; equal points stay together.
std::vector<std::size_t> pareto_front(const Points& points);

}  // namespace citrine
