#include "kernels/pixel_set.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/simd_targets.h"

namespace citrine {
namespace {

TEST(PixelSet, TakesEachPixelOnceInOrder) {
  for_each_simd_target([] {
    PixelSet set(3, 130);
    set.add(1, 2, 2, 0b11);
    set.add({1, 0});
    set.add(0, 1, 1, std::uint64_t{1} << 63);
    set.add({1, 129});
    set.add(2, 1, 0, 1);  // no rows
    const std::vector<Pixel> expected = {{0, 127}, {1, 0},   {1, 127}, {1, 128},
                                         {1, 129}, {2, 128}, {2, 129}};
    EXPECT_TRUE(std::ranges::equal(set.take(), expected));
    EXPECT_TRUE(set.take().empty());
    set.add({2, 64});
    EXPECT_EQ(set.take().size(), 1U);
  });
}

// Every third column, whatever the width.
TEST(PixelSet, TakesRowsOfAnyWidth) {
  for_each_simd_target([] {
    for (int width = 1; width < 150; ++width) {
      PixelSet set(2, width);
      std::vector<Pixel> expected;
      for (int column = width % 3; column < width; column += 3) {
        set.add({1, column});
        expected.push_back({1, column});
      }
      EXPECT_TRUE(std::ranges::equal(set.take(), expected)) << width;
    }
  });
}

}  // namespace
}  // namespace citrine
