#pragma once
// Convolution in SIMD whose accumulators saturate after every step, in step order.
#include <cstdint>
#include <span>

#include "kernels/convolution.h"
#include "kernels/simd_convolution.h"

namespace citrine {

// True if accumulators saturate, biases fit into them, and, with codes of these ranges, 32 bits
// hold every sum before.
bool fits_saturating(const Convolution& op, const OperandRanges& ranges);

// Accumulators of all outputs without the fault of `op`, which fits.
void convolve_saturating(const Convolution& op, std::span<std::int32_t> accumulators);

}  // namespace citrine
