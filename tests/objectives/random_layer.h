#pragma once
// Small layers and accelerators for tests of what they move.
#include "graph/random_graph.h"
#include "objectives/accelerator.h"
#include "objectives/convolution_group.h"

namespace citrine::testing {

// Extents of at most `most`; strides larger than kernels, padding and windows all on padding occur.
inline ConvolutionGroup random_group(Draws& draws, int most) {
  for (;;) {
    ConvolutionGroup group = {.in_height = 1 + draws.below(most),
                              .in_width = 1 + draws.below(most),
                              .channels = 1 + draws.below(most),
                              .filters = 1 + draws.below(most),
                              .kernel = 1 + draws.below(4),
                              .stride = 1 + draws.below(3),
                              .padding = draws.below(3)};
    const int height = group.in_height + 2 * group.padding - group.kernel;
    const int width = group.in_width + 2 * group.padding - group.kernel;
    if (group.padding >= group.kernel || height < 0 || width < 0) continue;
    group.out_height = height / group.stride + 1;
    group.out_width = width / group.stride + 1;
    return group;
  }
}

inline Accelerator random_accelerator(Draws& draws, std::int64_t most_bytes = 1 << 12) {
  Accelerator accelerator;
  accelerator.buffer_bytes = 1 + draws.below(static_cast<int>(most_bytes));
  accelerator.weight_bits = 1 + draws.below(8);
  accelerator.activation_bits = 1 + draws.below(8);
  accelerator.accumulator_bits = 8 + draws.below(25);
  return accelerator;
}

}  // namespace citrine::testing
