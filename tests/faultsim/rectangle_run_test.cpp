#include "faultsim/rectangle_run.h"

#include <gtest/gtest.h>

namespace citrine {
namespace {

TEST(Rectangle, Joins) {
  EXPECT_EQ(join({}, {1, 2, 3, 4}), (Rectangle{1, 2, 3, 4}));
  EXPECT_EQ(join({1, 2, 3, 4}, {0, 3, 2, 9}), (Rectangle{0, 2, 3, 9}));
}

TEST(Reach, ByHand) {
  const ConvolutionShape same{.height = 8, .width = 8, .kernel = 3, .padding = 1};
  EXPECT_EQ(reach(same, {3, 0, 4, 1}), (Rectangle{2, 0, 5, 2}));
  const ConvolutionShape half{.height = 8, .width = 8, .kernel = 3, .stride = 2, .padding = 1};
  EXPECT_EQ(reach(half, {2, 3, 3, 4}), (Rectangle{1, 1, 2, 3}));
  // Between the windows.
  const ConvolutionShape gaps{.height = 8, .width = 8, .kernel = 1, .stride = 2};
  EXPECT_TRUE(reach(gaps, {3, 4, 4, 5}).is_empty());
  EXPECT_EQ(reach(gaps, {4, 4, 5, 5}), (Rectangle{2, 2, 3, 3}));
  // Rows that no window reaches.
  const ConvolutionShape rest{.height = 8, .width = 8, .kernel = 3, .stride = 3};
  EXPECT_TRUE(reach(rest, {7, 0, 8, 1}).is_empty());
}

// Against every window, tap by tap.
TEST(Reach, HoldsExactlyTheWindowsThatTouch) {
  for (int kernel = 1; kernel <= 4; ++kernel)
    for (int stride = 1; stride <= 4; ++stride)
      for (int padding = 0; padding < kernel; ++padding)
        for (int row = 0; row < 7; ++row) {
          const ConvolutionShape window{.height = 7,
                                        .width = 1 + kernel,
                                        .kernel = kernel,
                                        .stride = stride,
                                        .padding = padding};
          int first = -1, last = -1;
          for (int out = 0; out < window.out_height(); ++out)
            if (out * stride - padding <= row && row < out * stride - padding + kernel) {
              if (first < 0) first = out;
              last = out;
            }
          const auto rows = reach(window, {row, 0, row + 1, 1 + kernel});
          if (first < 0) {
            EXPECT_TRUE(rows.is_empty());
          } else {
            EXPECT_EQ(rows.top, first);
            EXPECT_EQ(rows.bottom, last + 1);
          }
        }
}

}  // namespace
}  // namespace citrine
