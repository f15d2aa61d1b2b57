#pragma once
// Figures of a search: its front, and its hypervolume over generations.
#include <vector>

#include "report/figures.h"

namespace citrine {

std::vector<Figure> search_figures(const SearchEntry& search);

}  // namespace citrine
