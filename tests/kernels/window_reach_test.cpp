#include "kernels/window_reach.h"

#include <gtest/gtest.h>

#include "kernels/pixel_set.h"

namespace citrine {
namespace {

bool sees(const ConvolutionShape& window, int output, int input) {
  const int tap = input - (output * window.stride - window.padding);
  return tap >= 0 && tap < window.kernel;
}

// Against every window.
TEST(WindowReach, HoldsExactlyTheWindowsThatSee) {
  for (int kernel = 1; kernel <= 4; ++kernel)
    for (int stride = 1; stride <= 4; ++stride)
      for (int padding = 0; padding < kernel; ++padding) {
        const ConvolutionShape window{.height = 7,
                                      .width = 80 + kernel,
                                      .kernel = kernel,
                                      .stride = stride,
                                      .padding = padding};
        const WindowReach reach(window);
        for (int row = 0; row < window.height; ++row)
          for (int out = 0; out < window.out_height(); ++out) {
            const auto& [first, last] = reach.rows(row);
            EXPECT_EQ(first <= out && out <= last, sees(window, out, row));
          }
        for (int column = 0; column < window.width; ++column)
          for (int out = 0; out < window.out_width(); ++out) {
            const auto word = reach.columns(column)[row_word(out)];
            EXPECT_EQ((word & row_bit(out)) != 0, sees(window, out, column));
          }
      }
}

}  // namespace
}  // namespace citrine
