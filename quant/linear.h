#pragma once
// Linear codes with a power-of-two step: value = code * 2^exponent.
#include <cstdint>

#include "quant/integer_network.h"

namespace citrine {

// Nearest code, halves rounded up, saturated at the format's range. Throws Error if `value` is not
// a number.
std::int32_t encode(double value, const TensorFormat& format);
double decode(std::int32_t code, const TensorFormat& format);

}  // namespace citrine
