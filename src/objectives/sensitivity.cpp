#include "objectives/sensitivity.h"

#include <array>
#include <cmath>
#include <string>

#include "kernels/error.h"
#include "kernels/names.h"
#include "objectives/stored_layers.h"

namespace citrine {
namespace {

constexpr std::array<std::string_view, 4> kPoolFactors = {"kernel", "stride", "one", "measured"};

double factor_of(const Operation& op, PoolFactor factor) {
  if (op.kind != OpKind::max_pool || factor == PoolFactor::one) return 1;
  if (factor == PoolFactor::kernel) return op.kernel;
  if (factor == PoolFactor::stride) return op.stride;
  return std::pow(op.kernel, -0.9);
}

// What computes new values: pools before it count for the layer before it, not further back.
bool starts_layer(OpKind kind) { return is_dot_product(kind) || kind == OpKind::add; }

// Relevance of every value, each path times the pool factors on its way to the next layer.
std::vector<double> weighted_relevance(const Graph& graph, PoolFactor factor) {
  const auto plain = relevance(graph);
  std::vector<double> weighted(plain.size(), 0);
  weighted.back() = 1;
  for (int node = graph.output(); node > 0; --node) {
    const auto& [name, op, inputs] = graph.node(node);
    const auto& values = starts_layer(op.kind) ? plain : weighted;
    const double sent = values[static_cast<std::size_t>(node)] * factor_of(op, factor);
    for (std::size_t slot = 0; slot < inputs.size(); ++slot)
      weighted[static_cast<std::size_t>(inputs[slot])] += sent * input_share(graph, node, slot);
  }
  return weighted;
}

}  // namespace

std::string_view name_of(PoolFactor factor) {
  return kPoolFactors[static_cast<std::size_t>(factor)];
}

PoolFactor pool_factor(std::string_view name) {
  for (std::size_t i = 0; i < kPoolFactors.size(); ++i)
    if (kPoolFactors[i] == name) return static_cast<PoolFactor>(i);
  throw Error(unknown_name("pool factor", name, kPoolFactors));
}

double input_share(const Graph& graph, int node, std::size_t slot) {
  const auto& [name, op, inputs] = graph.node(node);
  if (op.kind == OpKind::add) return 1.0 / static_cast<double>(inputs.size());
  if (op.kind != OpKind::concat) return 1;
  return static_cast<double>(graph.shape(inputs[slot]).channels) / graph.shape(node).channels;
}

std::vector<double> relevance(const Graph& graph) {
  std::vector<double> values(static_cast<std::size_t>(graph.size()), 0);
  values.back() = 1;
  for (int node = graph.output(); node > 0; --node) {
    const auto& inputs = graph.node(node).inputs;
    for (std::size_t slot = 0; slot < inputs.size(); ++slot)
      values[static_cast<std::size_t>(inputs[slot])] +=
          values[static_cast<std::size_t>(node)] * input_share(graph, node, slot);
  }
  return values;
}

Sensitivity sensitivity(const Graph& graph, PoolFactor factor) {
  const auto weighted = weighted_relevance(graph, factor);
  Sensitivity result;
  double shares = 0, neurons = 0;
  for (const int node : stored_layers(graph)) {
    const LayerSensitivity layer = {.node = node,
                                    .neurons = graph.shape(node).elements(),
                                    .share = weighted[static_cast<std::size_t>(node)]};
    const auto count = static_cast<double>(layer.neurons);
    result.mean += layer.share / count;
    result.variance += layer.share * layer.share / count;
    shares += layer.share;
    neurons += count;
    result.layers.push_back(layer);
  }
  if (result.layers.empty()) return result;
  result.mean /= static_cast<double>(result.layers.size());
  result.single = shares / neurons;
  return result;
}

}  // namespace citrine
