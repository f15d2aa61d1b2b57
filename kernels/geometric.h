#pragma once
// Geometric variates: how many trials fail before one succeeds.
#include <cstdint>
#include <span>

#include "kernels/random.h"

namespace citrine {

// Draws `first`, first + 1, ... of trials that succeed with probability `rate`, in (0, 1), by
// inversion (Devroye 1986, "Non-uniform random variate generation", X.2). The same on every
// processor: the logarithm is our own, of IEEE 754's operations alone.
void draw_geometric(Key key, std::uint64_t first, double rate, std::span<double> draws);

}  // namespace citrine
