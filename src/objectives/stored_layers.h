#pragma once
// Which values of a network an accelerator stores: what its objectives count as layers.
#include <vector>

#include "graph/graph.h"

namespace citrine {

inline constexpr int kNoSource = -1;

// By node: the convolution, fully connected layer or unfused sum that its value leaves the array
// from; kNoSource where it was in memory before.
std::vector<int> value_sources(const Graph& graph);
// By source: the node whose value it stores, behind all that is fused to it; kNoSource elsewhere.
std::vector<int> stored_nodes(const Graph& graph, const std::vector<int>& sources);

// Nodes whose value is stored, ascending, without input and logits. A convolution or fully
// connected layer is stored after the batch norm, activation and sum fused behind it, as far as
// nobody else reads what lies between; a sum fuses with the last of the convolutions that end in
// it, and one that fuses with none is stored itself. Pools, concatenations and shortcuts are not
// layers.
std::vector<int> stored_layers(const Graph& graph);

}  // namespace citrine
