#pragma once
// Which values of a network an accelerator stores: what its objectives count as layers.
#include <vector>

#include "graph/graph.h"

namespace citrine {

// Nodes whose value is stored, ascending, without input and logits. A convolution or fully
// connected layer is stored after the batch norm, activation and sum fused behind it, as far as
// nobody else reads what lies between; a sum fuses with the last of the convolutions that end in
// it, and one that fuses with none is stored itself. Pools, concatenations and shortcuts are not
// layers.
std::vector<int> stored_layers(const Graph& graph);

}  // namespace citrine
