#pragma once
// Flip amplitude: how far the outputs move when one stored value does, as the graph alone tells;
// ours, docs/method.md.
#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace citrine {

// A layer is what the accelerator stores, as in stored_layers.h.
struct LayerAmplitude {
  int node = 0;              // the node whose value is stored
  std::int64_t neurons = 0;  // height * width * channels
  int relus = 0;             // on the longest way from it to the outputs
  double amplitude = 0;      // sqrt(pi / (pi - 1))^relus / sqrt(neurons)
};

// Change of the outputs in their standard deviations, over that of one value in its own.
struct FlipAmplitude {
  double mean = 0;                     // over all stored values
  std::vector<LayerAmplitude> layers;  // ascending
};

// All zero for a network that stores nothing between input and outputs.
FlipAmplitude flip_amplitude(const Graph& graph);

}  // namespace citrine
