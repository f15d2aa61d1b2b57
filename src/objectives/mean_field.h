#pragma once
// Values of a network as if its weights were random: Gaussian, of variance 1 behind every dot
// product and batch norm, independent of each other; ours, docs/method.md.
#include <vector>

#include "graph/graph.h"

namespace citrine {

// A node's value over images and elements.
struct Signal {
  double mean = 0, variance = 1;
  double passing = 1;  // share of the values that a ReLU passes on
  double power() const { return mean * mean + variance; }
};

std::vector<Signal> mean_field(const Graph& graph);  // by node

}  // namespace citrine
