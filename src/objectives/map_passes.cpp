#include "objectives/map_passes.h"

#include <algorithm>

#include "kernels/error.h"
#include "objectives/stored_layers.h"

namespace citrine {
namespace {

bool is_pool(OpKind kind) {
  return kind == OpKind::max_pool || kind == OpKind::average_pool ||
         kind == OpKind::global_average_pool;
}

void push_once(std::vector<int>& values, int value) {
  if (std::ranges::count(values, value) == 0) values.push_back(value);
}

// Adds what the sums of a source read from memory beside what leaves the array.
void gather_addends(const Graph& graph, const std::vector<int>& sources,
                    std::vector<MapPass>& by_source) {
  for (int node = 0; node < graph.size(); ++node) {
    const auto& [name, op, inputs] = graph.node(node);
    const int source = sources[static_cast<std::size_t>(node)];
    if (op.kind != OpKind::add || source == node) continue;
    for (const int input : inputs)
      if (sources[static_cast<std::size_t>(input)] != source)
        push_once(by_source[static_cast<std::size_t>(source)].addends, input);
  }
}

}  // namespace

CostRule cost_rule(OpKind kind) {
  switch (kind) {
    case OpKind::convolution:
    case OpKind::fully_connected:
      return CostRule::dot_product;
    case OpKind::max_pool:
    case OpKind::average_pool:
    case OpKind::global_average_pool:
    case OpKind::add:
      return CostRule::moves;
    case OpKind::input:
    case OpKind::batch_norm:
    case OpKind::relu:
    case OpKind::relu6:
    case OpKind::concat:
    case OpKind::shortcut:
    case OpKind::identity:
      return CostRule::fused;
  }
  throw Error("operation ", static_cast<int>(kind), " has no rule for its cost");
}

std::vector<MapPass> map_passes(const Graph& graph) {
  const auto sources = value_sources(graph);
  const auto stored = stored_nodes(graph, sources);
  std::vector<MapPass> by_source(static_cast<std::size_t>(graph.size()));
  gather_addends(graph, sources, by_source);
  std::vector<MapPass> passes;
  for (int node = 0; node < graph.size(); ++node) {
    const auto& op = graph.node(node).op;
    const int value = is_pool(op.kind) ? node : stored[static_cast<std::size_t>(node)];
    if (cost_rule(op.kind) == CostRule::fused || value == kNoSource) continue;
    auto& pass = by_source[static_cast<std::size_t>(node)];
    pass.source = node;
    pass.node = value;
    for (const int input : graph.node(node).inputs) push_once(pass.inputs, input);
    passes.push_back(std::move(pass));
  }
  std::ranges::sort(passes, {}, &MapPass::node);
  return passes;
}

std::vector<std::vector<int>> maps_behind(const Graph& graph, const std::vector<MapPass>& passes) {
  std::vector<std::vector<int>> maps(static_cast<std::size_t>(graph.size()));
  maps.front() = {0};
  for (const auto& pass : passes) maps[static_cast<std::size_t>(pass.node)] = {pass.node};
  for (int node = 1; node < graph.size(); ++node) {
    auto& own = maps[static_cast<std::size_t>(node)];
    if (!own.empty()) continue;
    for (const int input : graph.node(node).inputs)
      for (const int map : maps[static_cast<std::size_t>(input)]) push_once(own, map);
  }
  return maps;
}

std::int64_t elements_read(const Graph& graph, int node) {
  const auto& [name, op, inputs] = graph.node(node);
  if (op.kind == OpKind::relu || op.kind == OpKind::relu6 || op.kind == OpKind::identity)
    return elements_read(graph, inputs.front());
  if (op.kind != OpKind::shortcut) return graph.shape(node).elements();
  const auto& out = graph.shape(node);
  return std::int64_t{out.height} * out.width *
         std::min(out.channels, graph.shape(inputs.front()).channels);
}

}  // namespace citrine
