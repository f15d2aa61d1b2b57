#pragma once
// Rounding of fixed-point values, the same on every backend.
#include <cstdint>

#include "kernels/host_device.h"

namespace citrine {

// value / 2^shift, halves rounded up (towards +infinity); a negative shift multiplies. |shift|
// < 63.
CITRINE_HD constexpr std::int64_t round_shift(std::int64_t value, int shift) {
  if (shift <= 0) return value * (std::int64_t{1} << -shift);
  return (value + (std::int64_t{1} << (shift - 1))) >> shift;
}

// value / divisor, halves rounded up; divisor > 0.
CITRINE_HD constexpr std::int64_t round_divide(std::int64_t value, std::int64_t divisor) {
  const std::int64_t doubled = 2 * value + divisor;
  const std::int64_t quotient = doubled / (2 * divisor);
  return quotient - (doubled % (2 * divisor) < 0 ? 1 : 0);
}

CITRINE_HD constexpr std::int32_t clamp(std::int64_t value, std::int32_t low, std::int32_t high) {
  return static_cast<std::int32_t>(value < low ? low : value > high ? high : value);
}

}  // namespace citrine
