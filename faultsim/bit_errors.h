#pragma once
// Bits that flip at a bit error rate.
#include <cstdint>
#include <vector>

#include "kernels/random.h"

namespace citrine {

// Number of flips among `bits` that each flip with probability `rate`: a binomial variate, by
// inversion.
std::uint64_t count_flips(std::uint64_t bits, double rate, Key key);
// Which of `bits` flip: as many as count_flips says, without replacement, in no order.
std::vector<std::uint64_t> draw_flips(std::uint64_t bits, double rate, Key key);

}  // namespace citrine
