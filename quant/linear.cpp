#include "quant/linear.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"

namespace citrine {

std::int32_t encode(double value, const TensorFormat& format) {
  if (std::isnan(value)) throw Error("a value to encode must be a number, got NaN");
  const double scaled = std::clamp(std::ldexp(value, -format.exponent), double(format.lowest()),
                                   double(format.highest()));
  // floor(scaled + 0.5) would round 0.49999999999999994 up.
  const double below = std::floor(scaled);
  return static_cast<std::int32_t>(below) + (scaled - below >= 0.5 ? 1 : 0);
}

double decode(std::int32_t code, const TensorFormat& format) {
  return std::ldexp(double(code), format.exponent);
}

}  // namespace citrine
