#pragma once
// Requantization by a scale whose registers are faulty.
#include <cstdint>
#include <span>

#include "faultsim/fault.h"
#include "quant/integer_network.h"

namespace citrine {

inline constexpr int kMultiplierBits = 31;  // not negative
inline constexpr int kShiftBits = 7;        // two's complement

// Is there a multiplier? A layer whose scales are all powers of two has shifters alone.
bool has_multipliers(const IntegerLayer& layer);
Scale faulty_scale(const Scale& scale, const Fault& fault);
// What a layer stores for a sum under any scale: a product has 64 bits, of which a shift by less
// than 0 drops the high ones.
std::int16_t store(const IntegerLayer& layer, std::int32_t sum, const Scale& scale);

}  // namespace citrine
