#pragma once
// The real values that an integer network's weights, biases and steps are rounded from.
#include <limits>
#include <vector>

#include "quant/integer_network.h"

namespace citrine {

struct LatentLayer {
  std::vector<float> weights;  // in the order of the integer ones
  std::vector<float> bias;
  std::vector<float> weight_exponents;  // log2 of the weights' steps: one, or one a filter
  float exponent = 0;                   // log2 of the stored tensor's step, where it has its own
  float ceiling = std::numeric_limits<float>::infinity();  // of what is stored: 6 behind a ReLU6
};

struct LatentNetwork {
  IntegerNetwork form;  // shapes, wiring, number formats
  std::vector<LatentLayer> layers;
  bool has_free_steps = false;  // else every step is a power of two
};

// Values that are rounded to `network` itself, whose steps are free if one is no power of two.
LatentNetwork latent_network(const IntegerNetwork& network);

// Has layer `index` a step of its own? That of pools and shortcuts is as many times their input's
// as in `network`; the last layer stores nothing.
bool owns_step(const IntegerNetwork& network, std::size_t index);
double step_ratio(const IntegerNetwork& network, std::size_t index);
// 2^exponent, the exponent rounded unless steps are free.
float step_of(float exponent, bool is_free);
// Largest integer that a layer stores with this step.
std::int32_t highest_stored(const IntegerLayer& layer, float ceiling, double step);

IntegerNetwork rounded(const LatentNetwork& latent);
// Makes the weights' steps coarser by which an accumulator could overflow that must not.
void fit_accumulators(LatentNetwork& latent);

}  // namespace citrine
