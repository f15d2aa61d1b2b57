#pragma once
// What a frame costs on an accelerator with one on-chip buffer; formulas in docs/method.md.
#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace citrine {

struct Accelerator {
  std::int64_t buffer_bytes = 64 * 1024;
  int weight_bits = 8, activation_bits = 8, accumulator_bits = 32;
  int rows = 16, columns = 16;      // processing elements, output-stationary
  double clock_hz = 200e6;
};

enum class Dataflow : std::uint8_t { weight_stationary, output_stationary, input_stationary };

struct LayerCost {
  int node = 0;
  std::int64_t macs = 0;
  std::int64_t transfer_bytes = 0;
  Dataflow dataflow = Dataflow::output_stationary;
  int tile_filters = 0, tile_channels = 0, tile_height = 0, tile_width = 0;
  std::int64_t cycles = 0;
};

struct Cost {
  std::int64_t operations = 0;      // 2 per MAC
  std::int64_t parameters = 0;
  std::int64_t activations = 0;     // stored elements
  std::int64_t transfer_bytes = 0;  // least over tilings and dataflows, summed over layers
  double bandwidth = 0;             // bytes/s, the largest over layers of transfer / compute time
  std::vector<LayerCost> layers;
};

// Throws Error that names the layer and the least buffer that holds one tile of it.
Cost cost(const Graph& graph, const Accelerator& accelerator = {});

}  // namespace citrine
