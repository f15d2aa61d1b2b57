#pragma once
// What the processor can do at most: dot products of 8 bits, all operands in registers.
#include <cstdint>

namespace citrine {

// Multiply-accumulates of `rounds` rounds.
std::int64_t run_dot_products(std::int64_t rounds);

}  // namespace citrine
