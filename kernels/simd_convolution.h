#pragma once
// Convolution in SIMD without models of registers: exact where no register can overflow.
#include <cstdint>
#include <span>

#include "kernels/convolution.h"

namespace citrine {

// True if, with these codes, every product fits into its register, and so does every sum; a sum in
// 32 bits may wrap.
bool fits_registers(const Convolution& op);

// Accumulators of all outputs without the fault of `op`; needs fits_registers(op).
void convolve_simd(const Convolution& op, std::span<std::int32_t> accumulators);

}  // namespace citrine
