#pragma once
// How crowded a place is among networks' cheap objectives, and draws that prefer empty places.
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/random.h"
#include "search/pareto.h"

namespace citrine {

// Gaussian kernel density over logarithms, standardized, bandwidth by Silverman's rule in each
// dimension. A dimension in which all points agree counts as if its deviation were a factor of e; a
// value of zero as the smallest positive one of its dimension.
class Density {
 public:
  // Throws Error unless there are points, all of one size, with finite values >= 0.
  explicit Density(Points points);
  // Logarithm of the density at `point`, in standardized units.
  double log_density(std::span<const double> point) const;

 private:
  double standardized(double value, std::size_t dimension) const;

  std::vector<double> floor_, mean_, deviation_;
  Points points_;  // standardized
  double bandwidth_ = 1;
};

// `count` indices (fewer if there are not so many), drawn without replacement, in the order drawn,
// each with a probability in proportion to exp(log_weight) among those that are left.
std::vector<std::size_t> weighted_draw(std::span<const double> log_weights, std::size_t count,
                                       Key key);

}  // namespace citrine
