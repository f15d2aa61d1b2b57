#pragma once
// A network as passes over maps in memory: what reads which of them and writes which.
#include <vector>

#include "graph/graph.h"

namespace citrine {

// What an operation costs by itself.
enum class CostRule : std::uint8_t {
  dot_product,  // multiply-accumulates on the array
  moves,        // reads maps and writes one: pools, and sums that fuse with no convolution
  fused         // nothing: computed where its input is written or read
};
CostRule cost_rule(OpKind kind);  // Error for an operation without one

struct MapPass {
  int source = 0;            // the operation that computes the value
  int node = 0;              // the node whose value is written, behind what is fused to the source
  std::vector<int> inputs;   // nodes that the source reads
  std::vector<int> addends;  // that sums fused behind it read, each once
};

// In the order in which they can run.
std::vector<MapPass> map_passes(const Graph& graph);

// Which map in memory a node's value is read from: the input's node or the node of a pass; several
// behind a concatenation.
std::vector<std::vector<int>> maps_behind(const Graph& graph, const std::vector<MapPass>& passes);
// Elements that are fetched to read a node's value; a shortcut's zeros are not.
std::int64_t elements_read(const Graph& graph, int node);

}  // namespace citrine
