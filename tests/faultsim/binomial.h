#pragma once
// Binomial variates for simulations.
#include <cstdint>

#include <boost/math/distributions/binomial.hpp>

#include "kernels/random.h"

namespace citrine::testing {

// By inversion: the least count whose distribution function reaches a uniform variate.
inline std::uint64_t binomial(std::uint64_t trials, double share, Key key) {
  using Inversion = boost::math::policies::policy<
      boost::math::policies::discrete_quantile<boost::math::policies::integer_round_up>>;
  if (share <= 0 || trials == 0) return 0;
  if (share >= 1) return trials;
  const boost::math::binomial_distribution<double, Inversion> hits(static_cast<double>(trials),
                                                                   share);
  return static_cast<std::uint64_t>(quantile(hits, uniform(split(key, "count"), 0)));
}

}  // namespace citrine::testing
