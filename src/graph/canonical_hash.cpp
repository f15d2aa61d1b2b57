// Colour refinement (Weisfeiler and Leman 1968) over inputs and consumers; the hash is that of the
// sorted colours.
#include <algorithm>
#include <cstdio>

#include "graph/graph.h"
#include "kernels/random.h"

namespace citrine {
namespace {

using Colours = std::vector<std::uint64_t>;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  return random_bits({hash, 0x63697472}, value);
}

std::uint64_t colour_of(const Operation& op) {
  std::uint64_t hash = 1;
  for (const int value : {static_cast<int>(op.kind), op.channels, op.kernel, op.stride, op.padding,
                          op.groups, int{op.has_bias}})
    hash = mix(hash, static_cast<std::uint64_t>(value));
  return hash;
}

Colours colours_at(const Colours& colours, const std::vector<int>& nodes, bool is_ordered) {
  Colours found;
  for (const int node : nodes) found.push_back(colours[static_cast<std::size_t>(node)]);
  if (!is_ordered) std::ranges::sort(found);
  return found;
}

// One round over the graph in its order (down) or against it (up), each node seeing the new colours
// of those before.
void refine(const Graph& graph, Colours& colours, bool is_down) {
  for (int turn = 0; turn < graph.size(); ++turn) {
    const int i = is_down ? turn : graph.output() - turn;
    auto& colour = colours[static_cast<std::size_t>(i)];
    const bool is_ordered = is_down && graph.node(i).op.kind == OpKind::concat;
    colour = mix(colour, is_down ? 2 : 3);
    for (const auto other :
         colours_at(colours, is_down ? graph.node(i).inputs : graph.consumers(i), is_ordered))
      colour = mix(colour, other);
  }
}

}  // namespace

std::string canonical_hash(const Graph& graph) {
  Colours colours;
  for (const auto& node : graph.nodes()) colours.push_back(colour_of(node.op));
  for (int round = 0; round < 2; ++round) {
    refine(graph, colours, true);
    refine(graph, colours, false);
  }
  std::ranges::sort(colours);
  const auto& in = graph.input_shape();
  std::uint64_t hash =
      mix(mix(static_cast<std::uint64_t>(in.height), static_cast<std::uint64_t>(in.width)),
          static_cast<std::uint64_t>(in.channels));
  for (const auto colour : colours) hash = mix(hash, colour);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

}  // namespace citrine
