#pragma once
// Shapes of the maps that nodes compute.
#include "graph/graph.h"

namespace citrine {

// Shape of the map of `node`, from those of all nodes before it. Throws Error that names the node
// where they do not fit, or where a side or the channels exceed kMaxSize.
Shape infer_shape(const Node& node, const std::vector<Shape>& shapes);

}  // namespace citrine
