#pragma once
// What a frame costs on an accelerator with one on-chip buffer; formulas in docs/method.md.
#include <cstdint>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace citrine {

struct Accelerator {
  std::int64_t buffer_bytes = 64 * 1024;
  int weight_bits = 8, activation_bits = 8, accumulator_bits = 32;
  int rows = 16, columns = 16;  // processing elements, output-stationary
  double clock_hz = 200e6;
};

// What stays in the buffer while the rest passes by.
enum class Dataflow : std::uint8_t { weight_stationary, output_stationary, input_stationary };
std::string_view name_of(Dataflow dataflow);

// A convolution or fully connected layer; the groups of a grouped one are computed one by one, each
// with the same tiles; a fully connected one is a 1x1 convolution of its flattened map. All other
// operations are taken as fused: no MACs and no transfer.
struct LayerCost {
  int node = 0;
  std::int64_t macs = 0;
  std::int64_t transfer_bytes = 0;
  Dataflow dataflow = Dataflow::output_stationary;
  int tile_filters = 0, tile_channels = 0, tile_height = 0, tile_width = 0;
  std::int64_t cycles = 0;
};

struct Cost {
  std::int64_t operations = 0;      // 2 per MAC; multiplications by padding count
  std::int64_t parameters = 0;      // trainable
  std::int64_t activations = 0;     // elements of what is stored, as in stored_layers.h
  std::int64_t transfer_bytes = 0;  // least over tilings and dataflows, summed over layers
  double bandwidth = 0;             // bytes/s, the largest over layers of transfer / compute time
  std::vector<LayerCost> layers;    // ascending nodes
};

// Throws Error for a buffer that holds no tile of a layer, naming the layer and the least that
// does, and for an accelerator whose figures are not positive.
Cost cost(const Graph& graph, const Accelerator& accelerator = {});

}  // namespace citrine
