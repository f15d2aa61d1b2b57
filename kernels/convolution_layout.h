#pragma once
// Arrays of a convolution in the order in which a SIMD kernel reads them.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/convolution.h"

namespace citrine {

// The taps of one output as runs of consecutive input elements: a kernel row without groups, else
// one tap. Runs are read in pairs of elements; the last pair of an odd run has a weight of 0 and
// reads one element too many.
struct TapRuns {
  explicit TapRuns(const ConvolutionShape& shape);

  int count;  // runs of an output
  int steps;  // elements of a run
  int pairs;  // of a run
  std::vector<std::ptrdiff_t>
      offsets;  // [count], from the window's first element in the padded map
};

// The filters of each group in blocks of `block_filters`, the last one filled up with zeros.
struct PackedFilters {
  PackedFilters(const Convolution& op, const TapRuns& runs, int block_filters);

  int group_blocks;                   // blocks of a group
  std::size_t block_weights;          // elements of a block in `weights`
  std::vector<std::int16_t> weights;  // [group, block, run, pair, filter of the block, 2]
  std::vector<std::int32_t> bias;     // [group, block, filter of the block]
};

// A few images with their padding as zeros.
class PaddedImages {
 public:
  // Room for `images` images, and `slack` readable elements behind the last one.
  PaddedImages(const ConvolutionShape& shape, int images, std::size_t slack);

  void load(const std::int16_t* images, int count);
  // First element of what an output sees; outputs count over (image, y, x).
  const std::int16_t* window(std::int64_t pixel) const;

 private:
  ConvolutionShape shape_;
  std::ptrdiff_t row_elements_;
  std::ptrdiff_t image_elements_;
  std::vector<std::int16_t> elements_;  // [images, height + 2 padding, width + 2 padding, channels]
};

}  // namespace citrine
