#pragma once
// NASNet-A, Zoph et al. 2018: two cells found by search, stacked.
#include "graph/graph.h"

namespace citrine {

// The paper's "N @ P" has `repeats` N and P = 24 `filters`.
struct NasnetSize {
  int repeats = 0;             // normal cells at each of three resolutions
  int filters = 0;             // of the first of them; doubled by each reduction cell
  bool has_small_stem = true;  // false: a convolution of stride 2 and two reduction cells lead
};

Graph nasnet_a(Shape input, int classes, NasnetSize size);

}  // namespace citrine
