#pragma once
// Figures of injected networks: error over bit error rate, outcomes by layer, predicted against
// measured resilience.
#include <span>
#include <vector>

#include "report/figures.h"

namespace citrine {

std::vector<Figure> network_figures(std::span<const NetworkEntry> networks);

}  // namespace citrine
