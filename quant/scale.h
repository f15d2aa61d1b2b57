#pragma once
// Rescaling of integers by shifts or fixed-point multipliers.
#include <cstdint>

#include "kernels/fixed_point.h"

namespace citrine {

// From one unit to another: value * multiplier / 2^shift, halves rounded up. A negative shift
// multiplies. With a multiplier of 1 it is a shift alone: the units differ by a power of two.
struct Scale {
  std::int32_t multiplier = 1;
  int shift = 0;

  constexpr std::int64_t operator()(std::int64_t value) const {
    return round_shift(value * multiplier, shift);
  }
  double ratio() const;
  bool operator==(const Scale&) const = default;
};

// 2^k for a whole k, a negative one too.
bool is_power_of_two(double ratio);
// A shift if `ratio` is a power of two, else the nearest multiplier of 31 bits (fewer below 2^-31).
// Throws Error unless 2^-62 <= ratio <= 2^30.
Scale nearest_scale(double ratio);

}  // namespace citrine
