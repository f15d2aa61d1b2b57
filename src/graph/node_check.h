#pragma once
// What a node must fulfil by itself, before shapes are known.
#include <cstddef>
#include <string_view>

#include "graph/graph.h"

namespace citrine {

inline constexpr int kMaxSize = 65536;     // of a side, of channels, of a kernel
inline constexpr int kMaxNodes = 100'000;  // input and output among them
inline constexpr std::size_t kMaxNameBytes = 200;

// Throws Error that begins with the node's name unless `holds`.
void require(bool holds, const Node& node, const auto&... parts) {
  if (!holds) throw Error(node.name, ": ", parts...);
}

// The same for the bounds of a graph's size: throws GraphTooLarge.
void require_size(bool holds, const Node& node, const auto&... parts) {
  if (!holds) throw GraphTooLarge(node.name, ": ", parts...);
}

// Throws Error unless a node may have this name; it stands printable in the message.
void check_name(std::string_view name);
// Name, inputs and attributes of node `index`; throws Error with the node's name.
void check_node(const Node& node, int index);

}  // namespace citrine
