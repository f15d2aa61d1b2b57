#include "quant/scale.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr int kMostShift = 62;
constexpr int kMultiplierBits = 31;

}  // namespace

double Scale::ratio() const { return std::ldexp(double(multiplier), -shift); }

bool is_power_of_two(double ratio) {
  int exponent = 0;
  return std::frexp(ratio, &exponent) == 0.5;
}

Scale nearest_scale(double ratio) {
  if (!(ratio >= 0x1p-62 && ratio <= 0x1p30))
    throw Error("a rescaling must be by a ratio from 2^-62 to 2^30, got ", ratio);
  const int exponent = std::ilogb(ratio) + 1;  // of a mantissa in [1/2, 1)
  if (is_power_of_two(ratio)) return {.shift = 1 - exponent};
  const int shift = std::min(kMultiplierBits - exponent, kMostShift);
  const auto multiplier = std::llround(std::ldexp(ratio, shift));
  if (multiplier >> kMultiplierBits != 0) return {.shift = -exponent};
  return {static_cast<std::int32_t>(multiplier), shift};
}

}  // namespace citrine
