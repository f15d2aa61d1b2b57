#pragma once
// How far an integer network's logits are from a float network's.
#include <span>

#include "quant/integer_network.h"

namespace citrine {

// Squared error of the exact logits of normalized images [count, height, width, channels], relative
// to the squares of `wanted`, [count, classes].
double logits_error(const IntegerNetwork& network, std::span<const float> images,
                    std::span<const float> wanted);

}  // namespace citrine
