#pragma once
// Registers of a given width: the code of a value as bits, and some of them changed.
#include <cstdint>

#include "kernels/host_device.h"

namespace citrine {

// The value that a register of `width` bits (1 to 32) holds for `code`: high bits dropped, then
// sign- or zero-extended.
CITRINE_HD constexpr std::int32_t wrap(std::int64_t code, int width, bool is_signed) {
  const auto mask = (std::uint64_t{1} << width) - 1;
  const auto bits = static_cast<std::uint64_t>(code) & mask;
  const bool is_negative = is_signed && (bits >> (width - 1)) != 0;
  return static_cast<std::int32_t>(static_cast<std::int64_t>(is_negative ? bits | ~mask : bits));
}

// The nearest value to `sum` that a signed register of `width` bits (1 to 32) holds.
CITRINE_HD constexpr std::int32_t saturate(std::int64_t sum, int width) {
  const auto end = std::int64_t{1} << (width - 1);
  return static_cast<std::int32_t>(sum < -end ? -end : sum >= end ? end - 1 : sum);
}

// What a register's bits are read as: first some are cleared, then some flipped.
struct BitChange {
  std::uint32_t cleared = 0, flipped = 0;

  CITRINE_HD constexpr std::uint32_t operator()(std::uint32_t bits) const {
    return (bits & ~cleared) ^ flipped;
  }
  // Both, `next` after this one.
  CITRINE_HD constexpr BitChange then(const BitChange& next) const {
    return {cleared | next.cleared, next(flipped)};
  }
  bool operator==(const BitChange&) const = default;
};

// What a register that holds `value` is read as.
CITRINE_HD constexpr std::int32_t read_as(std::int32_t value, const BitChange& change, int width,
                                          bool is_signed) {
  return wrap(change(static_cast<std::uint32_t>(value)), width, is_signed);
}

// The value after bit `bit` (0 = least significant) of its register has flipped.
CITRINE_HD constexpr std::int32_t flip(std::int32_t value, int bit, int width, bool is_signed) {
  return read_as(value, {0, std::uint32_t{1} << bit}, width, is_signed);
}

// Sums modulo 2^32 as registers of `width` bits hold them.
inline void wrap_sums(std::int32_t* sums, std::int64_t count, int width) {
  if (width == 32) return;
  for (std::int64_t i = 0; i < count; ++i) sums[i] = wrap(sums[i], width, true);
}

}  // namespace citrine
