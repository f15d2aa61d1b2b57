#pragma once
// Geometric variates: how many trials fail before one succeeds.
#include <cstdint>
#include <span>

#include "kernels/random.h"

namespace citrine {

// Of trials that succeed with probability `rate`, in (0, 1), by inversion (Devroye 1986,
// "Non-uniform random variate generation", X.2). The same on every processor: the logarithm is our
// own, of IEEE 754's operations alone.
class GeometricDraws {
 public:
  GeometricDraws(Key key, double rate);
  // Draws `first`, first + 1, ...
  void operator()(std::uint64_t first, std::span<double> draws) const;

 private:
  Key key_;
  double scale_;  // 1 / log(1 - rate)
};

}  // namespace citrine
