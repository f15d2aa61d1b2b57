#pragma once
// Rounding to multiples of a step, with straight-through gradients.
#include <vector>

#include <ATen/core/Tensor.h>

#include "quant/number_format.h"

namespace citrine {

// Which multiples of the step there are.
struct Grid {
  float low = 0, high = 0;
  bool has_fixed_high = false;                     // does the highest value not grow with the step?
  bool rounds_first = false;                       // to an integer, before the nearest of `values`
  std::vector<float> values = {}, midpoints = {};  // empty: every integer from low to high
};
// Of weights: the nearest value of the format.
Grid weight_grid(const NumberFormat& number);
// Of what a layer stores: the nearest integer, clamped, then the nearest value of the format.
Grid stored_grid(const NumberFormat& number, std::int32_t low, std::int32_t high);
// Every integer.
Grid integer_grid();

// step * nearest(value / step) on `grid`. `steps`: one, or one for each index of the first
// dimension, which is the slowest in memory. Gradients (Esser et al. 2020, "Learned step size
// quantization"): of a value 1 within the grid's range and 0 beyond; of a step nearest(x) - x
// within, x = value / step, and the bound beyond.
at::Tensor fake_quantize(const at::Tensor& values, const at::Tensor& steps, const Grid& grid);
// 2^exponents, rounded exponents unless steps are free, as if they were not rounded to the
// gradient.
at::Tensor steps_of(const at::Tensor& exponents, bool is_free);

}  // namespace citrine
