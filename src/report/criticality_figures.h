#pragma once
// Maps of exact criticality: how likely a fault of each output is to be SDC.
#include <string>
#include <vector>

#include "report/figures.h"

namespace citrine {

// Of each site of outputs with SDC the layers where they are likeliest, a panel each: pixels over
// all channels, or the channels of a layer of one pixel.
std::vector<Figure> criticality_figures(const ExhaustiveFile& file, const std::string& name);

}  // namespace citrine
