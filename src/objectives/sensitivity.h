#pragma once
// Architecture Sensitivity Index: how much of the output one stored neuron carries; after Schorn et al. 2020, docs/method.md.
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace citrine {

enum class PoolFactor : std::uint8_t { kernel, stride, one, measured };
PoolFactor pool_factor(std::string_view name);

// A layer is what the accelerator stores: after fused batch norm, activation and, for the last convolution before it, sum.
struct LayerSensitivity {
  int node = 0;              // the node whose value is stored
  std::int64_t neurons = 0;  // height * width * channels
  double share = 0;          // relevance that flows through it, times the pool factors on the way out
};

struct Sensitivity {
  double mean = 0;      // (1/L) sum share_l / neurons_l
  double variance = 0;  // sum share_l^2 / neurons_l
  double single = 0;    // sum share_l / sum neurons_l
  std::vector<LayerSensitivity> layers;
};

Sensitivity sensitivity(const Graph& graph, PoolFactor factor = PoolFactor::kernel);
// Relevance of every node's value without pool factors, the output's is 1; over every cut of the graph they sum to 1.
std::vector<double> relevance(const Graph& graph);

}  // namespace citrine
