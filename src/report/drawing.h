#pragma once
// A network as a picture (Graphviz): a box for each layer with what is fused into it, arrows for
// the maps between.
#include <string>

#include "graph/graph.h"

namespace citrine {

// The graph in the dot language, batch norms and activations fused into the layer before them.
std::string dot_source(const Graph& graph);
// SVG; Error if dot is not installed.
std::string draw(const Graph& graph);

}  // namespace citrine
