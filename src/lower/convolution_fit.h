#pragma once
// Weights, biases and exponents of one integer convolution.
#include <optional>
#include <span>
#include <vector>

#include "graph/weights.h"
#include "lower/calibration.h"

namespace citrine {

struct ConvolutionTarget {
  std::span<const float>
      values;  // of the float network before the rectifier, all calibration images
  Rectifier rectifier = Rectifier::none;
  bool is_last = false;  // its accumulators are the logits
  bool correct_bias = true;
};

// The layer without formats: its shape, inputs (layers), and float weights in the accelerator's
// order.
struct FloatConvolution {
  IntegerLayer layer;
  std::vector<float> weights;  // [filters, kernel, kernel, channels / groups]
  std::vector<float> bias;
};

// From a convolution or a fully connected node; `inputs` are layers, the second one is the
// residual.
FloatConvolution float_convolution(const Network& network, int node, std::vector<int> inputs);

// Chooses weight exponent, bias and stored exponent by the output error. None if the layer has a
// residual that no shift from 0 to 20 brings to an accumulator's scale.
std::optional<IntegerLayer> fit_convolution(const FloatConvolution& convolution,
                                            const ConvolutionTarget& target,
                                            const IntegerNetwork& network,
                                            const Calibration& calibration);

}  // namespace citrine
