#include "faultsim/log_factorial.h"

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

namespace citrine {

long double log_falling(long double x, std::uint64_t count) {
  constexpr std::uint64_t kFew = 10;  // whose product is faster, and cannot overflow
  if (count < kFew) {
    long double product = 1;
    for (std::uint64_t i = 0; i < count; ++i) product *= x - static_cast<long double>(i);
    return std::log(product);
  }
  // Boost's, as that of the C library writes a global variable.
  return boost::math::lgamma(x + 1) - boost::math::lgamma(x - static_cast<long double>(count) + 1);
}

}  // namespace citrine
