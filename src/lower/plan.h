#pragma once
// Which nodes of a graph become one layer of the accelerator.
#include <vector>

#include "graph/graph.h"

namespace citrine {

enum class Rectifier { none, relu, relu6 };

struct PlannedLayer {
  int node = 0;    // whose operation the layer computes
  int sum = 0;     // node whose values the layer has before its rectifier: `node`, or the addition
                   // fused into it
  int stored = 0;  // node whose values the layer stores: `sum`, or the rectifier fused into it
  int residual = -1;  // node that is added in the accumulator
  Rectifier rectifier = Rectifier::none;
};

// Layers in the order of `sum`, the input first. An addition of two is fused into the last of its
// inputs that is a convolution and has no other consumer; a rectifier into whatever it alone reads.
std::vector<PlannedLayer> plan_layers(const Graph& graph);

}  // namespace citrine
