#pragma once
// Which members stay when a front is larger than the population may be.
#include <cstddef>
#include <vector>

#include "search/pareto.h"

namespace citrine {

// Indices of the `count` points that stay, ascending. One after the other the point that adds least
// to the hypervolume leaves, of equals the last; objectives are scaled to [0, 1] over the points,
// the reference is 1.1 (Beume, Naujoks, Emmerich 2007).
std::vector<std::size_t> most_contributing(const Points& points, std::size_t count);

}  // namespace citrine
