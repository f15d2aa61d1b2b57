#pragma once
// What a node must fulfil by itself, before shapes are known.
#include "graph/graph.h"
#include "kernels/error.h"

namespace citrine {

inline constexpr int kMaxSize = 65536;     // of a side, of channels, of a kernel
inline constexpr int kMaxNodes = 100'000;  // input and output among them

// Throws Error that begins with the node's name unless `holds`.
void require(bool holds, const Node& node, const auto&... parts) {
  if (!holds) throw Error(node.name, ": ", parts...);
}

// Name, inputs and attributes of node `index`; throws Error with the node's name.
void check_node(const Node& node, int index);

}  // namespace citrine
