#pragma once
// Strips of a convolution's output: up to four neighbours of a row.
#include <algorithm>

#include "kernels/convolution.h"

namespace citrine {

inline constexpr int kStripPixels = 4;

struct Strip {
  int image, row, column, pixels;
};

// The strips of all outputs; the last one of a row overlaps the one before where they do not fit.
class Strips {
 public:
  Strips(const ConvolutionShape& shape, int images)
      : height_(shape.out_height()), width_(shape.out_width()), images_(images) {}

  bool is_at_end() const { return next_.image == images_; }
  Strip take() {
    const int pixels = std::min(width_, kStripPixels);
    const Strip strip{next_.image, next_.row, std::min(next_.column, width_ - pixels), pixels};
    next_.column += pixels;
    if (next_.column < width_) return strip;
    next_.column = 0;
    if (++next_.row == height_) next_ = {next_.image + 1, 0, 0, 0};
    return strip;
  }

 private:
  int height_, width_, images_;
  Strip next_{0, 0, 0, 0};
};

}  // namespace citrine
