#include "data/split.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "kernels/error.h"

namespace citrine {
namespace {

// 3 classes of 100, 50 and 10 images, groups of 5 if asked for.
ImageSet three_classes(bool grouped) {
  ImageSet set;
  set.shape = {1, 1, 1};
  set.classes = 3;
  for (const auto& [label, count] : {std::pair{0, 100}, {1, 50}, {2, 10}})
    set.labels.insert(set.labels.end(), static_cast<std::size_t>(count),
                      static_cast<std::uint8_t>(label));
  set.pixels.assign(set.labels.size(), 0);
  if (grouped)
    for (std::uint32_t i = 0; i < set.labels.size(); ++i) set.groups.push_back(i / 5);
  return set;
}

std::vector<int> per_class(const ImageSet& set, const std::vector<std::uint32_t>& indices) {
  std::vector<int> counts(3);
  for (const auto index : indices) ++counts[set.labels[index]];
  return counts;
}

TEST(Split, TakesTheShareOfEveryClass) {
  const ImageSet set = three_classes(false);
  const Split parts = split(set, 0.1, {1, 2});
  EXPECT_EQ(per_class(set, parts.validation), (std::vector<int>{10, 5, 1}));
  EXPECT_EQ(per_class(set, parts.train), (std::vector<int>{90, 45, 9}));
}

TEST(Split, IsAPartitionInAscendingOrder) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Split parts =
        split(three_classes(seed % 2 == 0), 0.05 * static_cast<double>(seed + 1) / 1.1, {seed, 0});
    EXPECT_TRUE(std::is_sorted(parts.train.begin(), parts.train.end()));
    EXPECT_TRUE(std::is_sorted(parts.validation.begin(), parts.validation.end()));
    std::set<std::uint32_t> all(parts.train.begin(), parts.train.end());
    all.insert(parts.validation.begin(), parts.validation.end());
    EXPECT_EQ(all.size(), 160U);
    EXPECT_EQ(parts.train.size() + parts.validation.size(), 160U);
  }
}

TEST(Split, NeverDividesAGroup) {
  const ImageSet set = three_classes(true);
  const Split parts = split(set, 0.2, {3, 4});
  std::set<std::uint32_t> groups;
  for (const auto index : parts.validation) groups.insert(set.groups[index]);
  for (const auto index : parts.train) EXPECT_EQ(groups.count(set.groups[index]), 0U);
  EXPECT_EQ(per_class(set, parts.validation), (std::vector<int>{20, 10, 5}));
}

TEST(Split, DependsOnTheKeyAlone) {
  const ImageSet set = three_classes(false);
  EXPECT_EQ(split(set, 0.3, {1, 1}).train, split(set, 0.3, {1, 1}).train);
  EXPECT_NE(split(set, 0.3, {1, 1}).train, split(set, 0.3, {2, 1}).train);
}

TEST(Split, RefusesAShareOutsideItsRange) {
  for (const double share : {0.0, 1.0, -0.5, 2.0})
    EXPECT_THROW(split(three_classes(false), share, {}), Error);
}

TEST(Sample, DrawsWithoutReplacementInAscendingOrder) {
  const ImageSet set = three_classes(false);
  const auto drawn = sample(set, 40, {1, 5});
  EXPECT_EQ(std::set(drawn.begin(), drawn.end()).size(), 40U);
  EXPECT_TRUE(std::is_sorted(drawn.begin(), drawn.end()));
  EXPECT_EQ(sample(set, 160, {1, 5}).back(), 159U);
  EXPECT_THROW(sample(set, 161, {}), Error);
}

}  // namespace
}  // namespace citrine
