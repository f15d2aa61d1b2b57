#pragma once
// Bits that are faulty at a bit error rate.
#include <cstdint>
#include <vector>

#include "kernels/random.h"

namespace citrine {

// Which of `bits` are faulty, each with probability `rate` independently, ascending: gaps between
// them are geometric variates, by inversion (Devroye 1986, X.2).
std::vector<std::uint64_t> draw_places(std::uint64_t bits, double rate, Key key);

}  // namespace citrine
