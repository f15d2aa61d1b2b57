#pragma once
// Where a network's costs and its sensitivity come from, layer by layer.
#include <string>
#include <vector>

#include "objectives/cost.h"
#include "objectives/sensitivity.h"
#include "report/figures.h"

namespace citrine {

// Each layer's parts in the forms of the index and in the flip amplitude; none for a network that
// stores nothing.
std::vector<Figure> sensitivity_figures(const Graph& graph, const Sensitivity& index,
                                        const std::string& name);
// The roofline (Williams, Waterman, Patterson 2009), and cycles, transfer and energy by layer;
// none for a network that multiplies nothing.
std::vector<Figure> cost_figures(const Graph& graph, const Cost& cost,
                                 const Accelerator& accelerator);

}  // namespace citrine
