#pragma once
// Steps of number formats: which are tried for given values, and which of them fits the values
// best.
#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "lower/lower_settings.h"
#include "lower/plan.h"
#include "quant/number_format.h"

namespace citrine {

// Inline, as most of lowering is loops over it.
inline float rectify(float value, Rectifier rectifier) {
  if (rectifier == Rectifier::none) return value;
  const float positive = std::max(value, 0.0F);
  return rectifier == Rectifier::relu6 ? std::min(positive, 6.0F) : positive;
}
float largest_magnitude(std::span<const float> values, Rectifier rectifier);

// The smallest step of the kind that is not below `step`.
double rounded_up(double step, StepKind kind);
// Smallest step whose highest integer covers the largest magnitude of `values`, after the
// rectifier.
double covering_step(std::span<const float> values, Rectifier rectifier, const NumberFormat& number,
                     StepKind kind);
// `covering` and finer ones, which clip: down to an eighth of it.
std::vector<double> tried_steps(double covering, StepKind kind);

// Index of the least error, of equal ones that of the coarsest step.
std::size_t least_place(std::span<const double> errors);
// Squared error of rounding the rectified values to the format.
double rounding_error(std::span<const float> values, Rectifier rectifier,
                      const NumberFormat& number, double step);
// By a criterion that looks at the values alone: not the output error.
double fitting_step(std::span<const float> values, Rectifier rectifier, const NumberFormat& number,
                    const LowerSettings& settings);

}  // namespace citrine
