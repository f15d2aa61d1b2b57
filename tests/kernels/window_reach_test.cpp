#include "kernels/window_reach.h"

#include <gtest/gtest.h>

namespace citrine {
namespace {

// Against every window, tap by tap.
TEST(WindowReach, HoldsExactlyTheWindowsThatSee) {
  for (int kernel = 1; kernel <= 4; ++kernel)
    for (int stride = 1; stride <= 4; ++stride)
      for (int padding = 0; padding < kernel; ++padding) {
        const ConvolutionShape window{.height = 7,
                                      .width = 1 + kernel,
                                      .kernel = kernel,
                                      .stride = stride,
                                      .padding = padding};
        const WindowReach reach(window);
        for (int row = 0; row < window.height; ++row) {
          const auto& [tap, output, count] = reach.rows[static_cast<std::size_t>(row)];
          int seen = 0;
          for (int out = 0; out < window.out_height(); ++out) {
            const int expected = row - (out * stride - padding);
            if (expected < 0 || expected >= kernel) continue;
            EXPECT_LE(out, output);
            EXPECT_EQ(tap + (output - out) * stride, expected);
            ++seen;
          }
          EXPECT_EQ(count, seen);
        }
      }
}

}  // namespace
}  // namespace citrine
