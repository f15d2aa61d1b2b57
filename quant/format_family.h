#pragma once
// Families of number formats: what the bits of a code stand for, as shifts and additions.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace citrine {

// +2^shift or -2^shift.
struct Term {
  bool is_negative = false;
  int shift = 0;
  bool operator==(const Term&) const = default;
};

// The terms' sum times `activation`, with shifts and additions alone.
std::int64_t multiply(std::span<const Term> terms, std::int64_t activation);

// Canonical signed digits of a value: the fewest terms, no two of neighbouring powers, highest
// first (Reitwiesner 1960).
std::vector<Term> signed_digits(std::int64_t value);

// The formats that differ only in a number, the `size` in their names: bits, for two-hot exponents.
struct Family {
  std::string_view name;
  int least = 0, most = 0;
  int (*bits)(int size) = nullptr;
  std::vector<Term> (*terms)(std::uint32_t code, int size) = nullptr;
  // False for codes that are read but never written. Codes that are written have different values.
  bool (*is_written)(std::uint32_t code, int size) = nullptr;
};
std::span<const Family> families();

}  // namespace citrine
