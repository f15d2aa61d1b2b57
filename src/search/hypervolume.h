#pragma once
// Exact hypervolume of points under a reference point; every objective is minimized.
#include <span>
#include <vector>

#include "search/pareto.h"

namespace citrine {

// Volume that the points dominate below `reference`; a point that is not below it in every
// objective adds nothing. Slices by the last objective; each slice's exclusive volume as in While,
// Bradstreet, Barone 2012 (WFG); three dimensions by a sweep. Throws Error unless sizes agree and
// all is finite.
double hypervolume(const Points& points, std::span<const double> reference);

// What each point adds to the hypervolume of all the others.
std::vector<double> hypervolume_contributions(const Points& points,
                                              std::span<const double> reference);

}  // namespace citrine
