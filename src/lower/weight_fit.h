#pragma once
// Weights and biases of one integer convolution.
#include <vector>

#include "lower/convolution_trial.h"

namespace citrine {

// The layer without formats: its shape, inputs (layers), and float weights in the accelerator's
// order.
struct FloatConvolution {
  IntegerLayer layer;
  std::vector<float> weights;  // [filters, kernel, kernel, channels / groups]
  std::vector<float> bias;
};

// Nearest bias, within what leaves the products room in the accumulator.
std::int32_t rounded_bias(double bias, const Accumulator& accumulator);

// Sets formats, steps, weights, biases and residual scales of `layer`, the one of `convolution`.
// False if it has a residual whose step is not 1 to 2^(accumulator bits - 12) units of its
// accumulators. Throws Error if these would overflow, but must not, with steps eight times as
// coarse as the criterion's.
bool fit_weights(const FloatConvolution& convolution, const ConvolutionTrial& trial,
                 IntegerLayer& layer);

}  // namespace citrine
