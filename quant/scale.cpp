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

Scale nearest_scale(double ratio) {
  if (!(ratio >= 0x1p-62 && ratio <= 0x1p30))
    throw Error("a rescaling must be by a ratio from 2^-62 to 2^30, got ", ratio);
  int exponent = 0;
  const double mantissa = std::frexp(ratio, &exponent);  // [1/2, 1)
  if (mantissa == 0.5) return {.shift = 1 - exponent};
  const int shift = std::min(kMultiplierBits - exponent, kMostShift);
  const auto multiplier = std::llround(std::ldexp(ratio, shift));
  if (multiplier >> kMultiplierBits != 0) return {.shift = -exponent};
  return {static_cast<std::int32_t>(multiplier), shift};
}

}  // namespace citrine
