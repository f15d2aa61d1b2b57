#include "kernels/map_changes.h"

#include <vector>

#include <gtest/gtest.h>

#include "kernels/simd_targets.h"

namespace citrine {
namespace {

// 255 is 127 + 127 + 1, -255 is -127 - 127 - 1; a term holds four channels.
TEST(MapChanges, ByHand) {
  for_each_simd_target([] {
    const MapShape shape{.height = 2, .width = 3, .channels = 5};
    BorderedMaps<std::uint8_t> map(shape, 0), fresh(shape, 0);
    map.pixel(0, 0, 1)[1] = 3;
    fresh.pixel(0, 0, 1)[1] = 255;  // 252 = 127 + 125
    fresh.pixel(0, 0, 1)[3] = 1;
    map.pixel(0, 1, 0)[4] = 255;
    fresh.pixel(0, 1, 0)[4] = 0;
    fresh.pixel(0, 1, 2)[0] = 9;  // not listed
    const std::vector<Pixel> pixels = {{0, 0}, {0, 1}, {1, 0}};
    MapChanges changes(shape, 1);
    find_changes<std::uint8_t>(pixels, map, fresh, changes);

    ASSERT_EQ(changes.pixels().size(), 2U);
    EXPECT_EQ(changes.pixels()[0], (Pixel{0, 1}));
    EXPECT_EQ(changes.pixels()[1], (Pixel{1, 0}));
    EXPECT_EQ(changes.top(), 0);
    EXPECT_EQ(changes.bottom(), 1);
    EXPECT_FALSE(changes.has_terms());
    find_terms(map, fresh, changes);
    EXPECT_TRUE(changes.has_terms());
    EXPECT_EQ(changes.groups(), 2);
    const auto* term = changes.differences();
    ASSERT_EQ(changes.terms(), 5U);
    EXPECT_EQ(std::vector(term, term + 5),
              (std::vector<std::int32_t>{0x01007F00, 0x7D00, 0x81, 0x81, 0xFF}));
    const auto* place = changes.places();
    EXPECT_EQ(std::vector(place, place + 5), (std::vector<std::int32_t>{2, 2, 1, 1, 1}));
    const auto table = changes.table();
    EXPECT_EQ(table.find(0, 0).count, 0U);
    EXPECT_EQ(table.find(0, 2).count, 2U);
    EXPECT_EQ(table.find(0, 3).count, 2U);
    EXPECT_EQ(table.find(1, 1).count, 5U);
    EXPECT_EQ(table.find(1, 1).sum, 252 + 1 - 255);

    restore(changes, map, fresh);
    EXPECT_EQ(fresh.pixel(0, 0, 1)[1], 3);
    EXPECT_EQ(fresh.pixel(0, 1, 0)[4], 255);
    EXPECT_EQ(fresh.pixel(0, 1, 0)[0], 0);
    changes.clear();
    EXPECT_TRUE(changes.is_empty());
  });
}

// 65535 is 32767 + 32767 + 1.
TEST(MapChanges, SplitsTheLargestDifferenceOfShorts) {
  for_each_simd_target([] {
    BorderedMaps<std::int16_t> map({.channels = 3}, 0), fresh({.channels = 3}, 0);
    map.pixel(0, 0, 0)[2] = INT16_MIN;
    fresh.pixel(0, 0, 0)[2] = INT16_MAX;
    const std::vector<Pixel> pixels = {{0, 0}};
    MapChanges changes({.channels = 3}, 2);
    find_changes<std::int16_t>(pixels, map, fresh, changes);
    find_terms(map, fresh, changes);
    const auto* term = changes.differences();
    ASSERT_EQ(changes.terms(), 3U);
    EXPECT_EQ(std::vector(term, term + 3), (std::vector<std::int32_t>{0x7FFF, 0x7FFF, 1}));
  });
}

}  // namespace
}  // namespace citrine
