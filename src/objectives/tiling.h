#pragma once
// Least data transfer of one convolution through one on-chip buffer, over all tilings.
#include <compare>
#include <cstdint>

#include "objectives/cost.h"

namespace citrine {

// Of a positive divisor: how many parts of at most `by` cover `value`.
constexpr std::int64_t ceil_divide(std::int64_t value, std::int64_t by) {
  return (value + by - 1) / by;
}

// One group of a convolution.
struct ConvolutionGroup {
  int in_height = 1, in_width = 1, out_height = 1, out_width = 1;
  int channels = 1, filters = 1;  // of the group
  int kernel = 1, stride = 1, padding = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): the check takes the 0 of a defaulted <=> for a pointer
  auto operator<=>(const ConvolutionGroup&) const = default;
};

// One dimension of a map cut into tiles of `size` outputs; padding is neither stored nor moved,
// what two tiles share is read twice.
struct AxisTiling {
  int size = 0;
  std::int64_t tiles = 0;
  std::int64_t read = 0;     // inputs, summed over tiles
  std::int64_t largest = 0;  // inputs of the largest tile
};
// `input` and `output`: extents along the axis.
AxisTiling tile_axis(const ConvolutionGroup& shape, int input, int output, int size);

struct Transfer {
  std::int64_t bits = 0;
  Dataflow dataflow = Dataflow::output_stationary;
  int tile_filters = 0, tile_channels = 0, tile_height = 0, tile_width = 0;
};

// bits = -1 if no tile fits into the buffer.
Transfer least_transfer(const ConvolutionGroup& shape, const Accelerator& accelerator);
// The smallest buffer that any tile fits into.
std::int64_t least_buffer_bytes(const ConvolutionGroup& shape, const Accelerator& accelerator);

}  // namespace citrine
