#pragma once
// Flip amplitude: how far the outputs move, as the graph alone tells, when one bit of one stored
// value of 8 bits flips; ours, docs/method.md.
#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace citrine {

// A layer is what the accelerator stores, as in stored_layers.h.
struct LayerAmplitude {
  int node = 0;              // the node whose value is stored
  std::int64_t neurons = 0;  // height * width * channels
  double amplitude = 0;      // mean over the bits
};

// Expected change of an output, in standard deviations of the outputs.
struct FlipAmplitude {
  double mean = 0;                     // over all stored values and their bits
  std::vector<LayerAmplitude> layers;  // ascending
};

// All zero for a network that stores nothing between input and outputs.
FlipAmplitude flip_amplitude(const Graph& graph);

}  // namespace citrine
