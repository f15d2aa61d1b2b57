#pragma once
// One integer convolution: weights, biases, steps, and what it stores.
#include <optional>
#include <vector>

#include "graph/weights.h"
#include "lower/weight_fit.h"

namespace citrine {

// From a convolution or a fully connected node; `inputs` are layers, the second one is the
// residual.
FloatConvolution float_convolution(const Network& network, int node, std::vector<int> inputs);

// Chooses the weights' steps, the biases and the stored step. None if the layer has a residual
// whose step is not 1 to 2^20 units of its accumulators.
std::optional<IntegerLayer> fit_convolution(const FloatConvolution& convolution,
                                            const ConvolutionTarget& target,
                                            const IntegerNetwork& network,
                                            const Calibration& calibration);

}  // namespace citrine
