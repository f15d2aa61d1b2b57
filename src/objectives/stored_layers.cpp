#include "objectives/stored_layers.h"

#include <algorithm>

namespace citrine {
namespace {

bool is_fused_behind(OpKind kind) {
  return kind == OpKind::batch_norm || kind == OpKind::relu || kind == OpKind::relu6 ||
         kind == OpKind::identity;
}

int source_of(const Graph& graph, int node, const std::vector<int>& sources) {
  const auto& [name, op, inputs] = graph.node(node);
  const auto fused = [&](int input) {
    return graph.consumers(input).size() == 1 ? sources[static_cast<std::size_t>(input)]
                                              : kNoSource;
  };
  if (is_dot_product(op.kind)) return node;
  if (is_fused_behind(op.kind)) return fused(inputs.front());
  if (op.kind != OpKind::add) return kNoSource;
  int last = kNoSource;
  for (const int input : inputs) last = std::max(last, fused(input));
  return last == kNoSource ? node : last;
}

}  // namespace

std::vector<int> value_sources(const Graph& graph) {
  std::vector<int> sources(static_cast<std::size_t>(graph.size()), kNoSource);
  for (int node = 0; node < graph.size(); ++node)
    sources[static_cast<std::size_t>(node)] = source_of(graph, node, sources);
  return sources;
}

std::vector<int> stored_nodes(const Graph& graph, const std::vector<int>& sources) {
  std::vector<int> stored(sources.size(), kNoSource);
  for (int node = 0; node < graph.size(); ++node)
    if (const int source = sources[static_cast<std::size_t>(node)]; source != kNoSource)
      stored[static_cast<std::size_t>(source)] = node;
  return stored;
}

std::vector<int> stored_layers(const Graph& graph) {
  std::vector<int> layers;
  for (const int node : stored_nodes(graph, value_sources(graph)))
    if (node != kNoSource && node != graph.output()) layers.push_back(node);
  std::ranges::sort(layers);
  return layers;
}

}  // namespace citrine
