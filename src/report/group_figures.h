#pragma once
// Figures of one campaign's groups of trials: outcomes by layer, SDC by class of the image and by
// element of the array.
#include <vector>

#include "report/figures.h"

namespace citrine {

// Of the groups that have trials.
std::vector<Figure> group_figures(const NetworkEntry& network);

}  // namespace citrine
