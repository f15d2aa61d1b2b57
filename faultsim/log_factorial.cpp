#include "faultsim/log_factorial.h"

#include <boost/math/special_functions/gamma.hpp>

namespace citrine {

long double log_falling(long double x, std::uint64_t count) {
  // Boost's, as that of the C library writes a global variable.
  return boost::math::lgamma(x + 1) - boost::math::lgamma(x - static_cast<long double>(count) + 1);
}

}  // namespace citrine
