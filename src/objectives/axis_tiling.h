#pragma once
// One dimension of a layer cut into tiles.
#include <vector>

#include "objectives/convolution_group.h"

namespace citrine {

// Tiles of `size` outputs; padding is neither stored nor moved, what two tiles share is read twice.
struct AxisTiling {
  int size = 0;
  std::int64_t tiles = 0;
  std::int64_t read = 0;     // inputs, summed over tiles
  std::int64_t largest = 0;  // inputs of the largest tile
};
// `input` and `output`: extents along the axis.
AxisTiling tile_axis(const ConvolutionGroup& shape, int input, int output, int size);
// Of every tile size but those that another one beats in all that counts; the largest first.
std::vector<AxisTiling> axis_tilings(const ConvolutionGroup& shape, int input, int output);
// Where nothing is shared: the smallest tile for each number of tiles, the smallest first.
std::vector<int> quotient_sizes(int extent);

}  // namespace citrine
