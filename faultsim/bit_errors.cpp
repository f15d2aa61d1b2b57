#include "faultsim/bit_errors.h"

#include <boost/math/distributions/binomial.hpp>

namespace citrine {
namespace {

// The least count whose distribution function reaches the probability, so that inversion is exact.
using Inversion = boost::math::policies::policy<
    boost::math::policies::discrete_quantile<boost::math::policies::integer_round_up>>;

}  // namespace

std::uint64_t count_flips(std::uint64_t bits, double rate, Key key) {
  if (rate <= 0 || bits == 0) return 0;
  if (rate >= 1) return bits;
  const boost::math::binomial_distribution<double, Inversion> flips(static_cast<double>(bits),
                                                                    rate);
  return static_cast<std::uint64_t>(quantile(flips, uniform(split(key, "count"), 0)));
}

std::vector<std::uint64_t> draw_flips(std::uint64_t bits, double rate, Key key) {
  std::vector<std::uint64_t> flips(count_flips(bits, rate, key));
  if (flips.empty()) return flips;
  const Permutation order(split(key, "position"), bits);
  for (std::uint64_t i = 0; i < flips.size(); ++i) flips[i] = order(i);
  return flips;
}

}  // namespace citrine
