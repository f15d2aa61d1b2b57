#pragma once
// Convolution in SIMD without models of registers: exact modulo 2^32.
#include <algorithm>
#include <cstdint>
#include <span>

#include "kernels/convolution.h"

namespace citrine {

// Least and greatest of some codes and 0.
struct CodeRange {
  int low = 0, high = 0;
  int magnitude() const { return std::max(-low, high); }
};

struct OperandRanges {
  CodeRange weights, input;
};
OperandRanges operand_ranges(const Convolution& op);

// True if, with codes of these ranges, every product fits into its register, and so does every sum
// where it would saturate: sums are exact modulo 2^32.
bool fits_registers(const Convolution& op, const OperandRanges& ranges);

// Accumulators of all outputs, without the fault of `op` and modulo 2^32; its codes have these
// ranges and fit.
void convolve_simd(const Convolution& op, const OperandRanges& ranges,
                   std::span<std::int32_t> accumulators);

}  // namespace citrine
