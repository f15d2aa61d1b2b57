#include "objectives/stored_layers.h"

#include <algorithm>

namespace citrine {
namespace {

constexpr int kNone = -1;

bool is_fused_behind(OpKind kind) {
  return kind == OpKind::batch_norm || kind == OpKind::relu || kind == OpKind::relu6 ||
         kind == OpKind::identity;
}

// The convolution that node's value leaves the array from, kNone where the value was in memory.
int source_of(const Graph& graph, int node, const std::vector<int>& sources) {
  const auto& [name, op, inputs] = graph.node(node);
  const auto fused = [&](int input) {
    return graph.consumers(input).size() == 1 ? sources[static_cast<std::size_t>(input)] : kNone;
  };
  if (is_dot_product(op.kind)) return node;
  if (is_fused_behind(op.kind)) return fused(inputs.front());
  if (op.kind != OpKind::add) return kNone;
  int last = kNone;
  for (const int input : inputs) last = std::max(last, fused(input));
  return last == kNone ? node : last;
}

}  // namespace

std::vector<int> stored_layers(const Graph& graph) {
  std::vector<int> sources(static_cast<std::size_t>(graph.size()), kNone);
  std::vector<int> stored(static_cast<std::size_t>(graph.size()), kNone);  // by source
  for (int node = 0; node < graph.size(); ++node) {
    const int source = sources[static_cast<std::size_t>(node)] = source_of(graph, node, sources);
    if (source != kNone) stored[static_cast<std::size_t>(source)] = node;
  }
  std::vector<int> layers;
  for (const int node : stored)
    if (node != kNone && node != graph.output()) layers.push_back(node);
  std::ranges::sort(layers);
  return layers;
}

}  // namespace citrine
