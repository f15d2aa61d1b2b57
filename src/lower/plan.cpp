#include "lower/plan.h"

#include <algorithm>

namespace citrine {
namespace {

bool is_rectifier(OpKind kind) { return kind == OpKind::relu || kind == OpKind::relu6; }

Rectifier rectifier_of(OpKind kind) {
  if (!is_rectifier(kind)) return Rectifier::none;
  return kind == OpKind::relu ? Rectifier::relu : Rectifier::relu6;
}

bool can_take_residual(const Graph& graph, int index) {
  return is_dot_product(graph.node(index).op.kind) && graph.consumers(index).size() == 1;
}

// The convolution that computes the addition `index`, -1 if none does.
int host_of(const Graph& graph, int index) {
  const auto& node = graph.node(index);
  if (node.op.kind != OpKind::add || node.inputs.size() != 2) return -1;
  const auto [early, late] = std::ranges::minmax(node.inputs);
  if (can_take_residual(graph, late)) return late;
  return can_take_residual(graph, early) ? early : -1;
}

// The rectifier that alone reads `index`, -1 if there is none.
int fused_rectifier(const Graph& graph, int index) {
  const auto& consumers = graph.consumers(index);
  const auto kind = graph.node(index).op.kind;
  if (consumers.size() != 1 || kind == OpKind::input || is_rectifier(kind)) return -1;
  return is_rectifier(graph.node(consumers[0]).op.kind) ? consumers[0] : -1;
}

PlannedLayer planned(const Graph& graph, int index) {
  PlannedLayer layer{.node = index, .sum = index, .stored = index};
  if (const int host = host_of(graph, index); host >= 0) {
    const auto& inputs = graph.node(index).inputs;
    layer.node = host;
    layer.residual = inputs[0] == host ? inputs[1] : inputs[0];
  }
  const auto kind = graph.node(index).op.kind;
  if (is_rectifier(kind)) layer.rectifier = rectifier_of(kind);
  if (const int rectifier = fused_rectifier(graph, index); rectifier >= 0) {
    layer.stored = rectifier;
    layer.rectifier = rectifier_of(graph.node(rectifier).op.kind);
  }
  return layer;
}

bool is_fused_elsewhere(const Graph& graph, int index) {
  const auto& consumers = graph.consumers(index);
  if (consumers.size() == 1 && host_of(graph, consumers[0]) == index) return true;
  return is_rectifier(graph.node(index).op.kind) &&
         fused_rectifier(graph, graph.node(index).inputs[0]) == index;
}

}  // namespace

std::vector<PlannedLayer> plan_layers(const Graph& graph) {
  std::vector<PlannedLayer> layers;
  for (int index = 0; index < graph.size(); ++index)
    if (!is_fused_elsewhere(graph, index)) layers.push_back(planned(graph, index));
  return layers;
}

}  // namespace citrine
