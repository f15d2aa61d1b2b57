#pragma once
// Architecture Sensitivity Index: how much of the output one stored neuron carries; after Schorn et
// al. 2020, docs/method.md.
#include <cstdint>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace citrine {

// What a k x k max-pool does to the share of the layer before it. `measured`: an error survives
// with about k^-0.9 of its size.
enum class PoolFactor : std::uint8_t { kernel, stride, one, measured };
std::string_view name_of(PoolFactor factor);
PoolFactor pool_factor(std::string_view name);  // Error that names the nearest valid one

// A layer is what the accelerator stores, as in stored_layers.h.
struct LayerSensitivity {
  int node = 0;              // the node whose value is stored
  std::int64_t neurons = 0;  // height * width * channels
  // Relevance that flows through it, each path times the factors of its pools up to the next layer.
  double share = 0;
};

struct Sensitivity {
  double mean = 0;                       // (1/L) sum share_l / neurons_l
  double variance = 0;                   // sum share_l^2 / neurons_l
  double single = 0;                     // sum share_l / sum neurons_l
  std::vector<LayerSensitivity> layers;  // ascending
};

// All zero for a network that stores nothing between input and logits.
Sensitivity sensitivity(const Graph& graph, PoolFactor factor = PoolFactor::kernel);
// Relevance of every node's value without pool factors, the output's is 1; what passes through any
// cut of the graph sums to 1.
std::vector<double> relevance(const Graph& graph);
// Part of a node's relevance that its input number `slot` gets.
double input_share(const Graph& graph, int node, std::size_t slot);

}  // namespace citrine
