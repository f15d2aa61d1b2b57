#pragma once
// Mixed precision: which layer gets which number format, by the measured sensitivity of each.
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lower/lower.h"

namespace citrine {

// What each format costs a layer, and what error it adds to the logits if the layer alone has it.
// The first format is the one that all layers start with; a layer whose format is settled has it
// alone.
struct LayerChoice {
  std::string layer;
  std::vector<double> errors, costs;
};

// Squared errors of the logits, relative to their square.
struct LayerSensitivities {
  double error = 0;  // of the network in the first format
  std::vector<LayerChoice> layers;
};

struct AllocationLimit {
  enum class Kind { cost, error } kind = Kind::cost;
  double most = 0;  // total cost, or total error
};

// The index of each layer's format. Greedy: of all moves of a layer to a cheaper format, the one
// that adds the least error for what it saves, until the cost is within the limit, or as long as
// the error is. Throws Error if no allocation is within the limit.
std::vector<std::size_t> allocate(const LayerSensitivities& sensitivities,
                                  const AllocationLimit& limit);

// Lowers the network once for each layer with weights and each scheme but the first, with the first
// scheme for all other layers. Layers that `lower` has a scheme for keep it.
struct LayerSensitivitySettings {
  LowerSettings lower = {};
  std::vector<Scheme> schemes;
  std::function<double(const IntegerNetwork& network, const IntegerLayer& layer)> cost;
  std::function<void(int done, int total)> progress = {};
};
LayerSensitivities layer_sensitivities(const Network& network, std::span<const float> images,
                                       std::int64_t count,
                                       const LayerSensitivitySettings& settings);

}  // namespace citrine
