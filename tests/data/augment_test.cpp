#include "data/augment.h"

#include <array>
#include <numeric>

#include <gtest/gtest.h>

#include "kernels/error.h"

namespace citrine {
namespace {

// Images whose pixel at (y, x) is 1 + 16 y + x, so that a value tells where it came from.
Dataset coordinates(int side, std::size_t count) {
  Dataset dataset;
  dataset.name = "coordinates";
  dataset.mean = {0.0F};
  dataset.deviation = {1.0F / 255.0F};
  dataset.train.shape = {side, side, 1};
  dataset.train.classes = 1;
  for (std::size_t i = 0; i < count; ++i)
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x)
        dataset.train.pixels.push_back(static_cast<std::uint8_t>(1 + 16 * y + x));
  dataset.train.labels.assign(count, 0);
  return dataset;
}

std::vector<float> augmented(const Dataset& dataset, const std::vector<std::uint32_t>& indices,
                             const Augmentation& augmentation, Key key) {
  std::vector<float> out(indices.size() * static_cast<std::size_t>(dataset.train.shape.elements()));
  augment(dataset, dataset.train, indices, augmentation, key, out);
  return out;
}

TEST(Augment, NothingIsNormalization) {
  const Dataset dataset = coordinates(8, 2);
  std::vector<float> plain(64);
  normalize(dataset, dataset.train.image(1), plain);
  EXPECT_EQ(augmented(dataset, {1}, {.crop_padding = 0, .flip = false}, {1, 2}), plain);
}

TEST(Augment, CropAndFlipMovePixelsAsDrawn) {
  const Dataset dataset = coordinates(8, 64);
  const Key key{3, 4};
  int flips = 0;
  for (std::uint32_t i = 0; i < 64; ++i) {
    const auto out = augmented(dataset, {i}, {.crop_padding = 2}, key);
    const Key own = split(key, i);
    const int down = static_cast<int>(uniform_below(own, 0, 5)) - 2;
    const int right = static_cast<int>(uniform_below(own, 1, 5)) - 2;
    const bool flipped = uniform_below(own, 2, 2) == 1;
    flips += flipped ? 1 : 0;
    for (int y = 0; y < 8; ++y)
      for (int x = 0; x < 8; ++x) {
        const int from_y = y + down, from_x = (flipped ? 7 - x : x) + right;
        const bool inside = from_y >= 0 && from_y < 8 && from_x >= 0 && from_x < 8;
        const float expected = inside ? static_cast<float>(1 + 16 * from_y + from_x) : 0.0F;
        ASSERT_NEAR(out[static_cast<std::size_t>(8 * y + x)], expected, 1e-4F);
      }
  }
  EXPECT_GT(flips, 15);
  EXPECT_LT(flips, 49);
}

TEST(Augment, BatchCompositionDoesNotMatter) {
  const Dataset dataset = coordinates(8, 9);
  const Augmentation augmentation{.crop_padding = 3, .cutout = 4};
  const auto batch = augmented(dataset, {7, 2, 5}, augmentation, {1, 1});
  const auto alone = augmented(dataset, {5}, augmentation, {1, 1});
  EXPECT_TRUE(std::equal(alone.begin(), alone.end(), batch.begin() + 128));
}

TEST(Augment, ShiftsAreUniform) {
  const Dataset dataset = coordinates(8, 9000);
  std::array<int, 9> counts{};
  std::vector<std::uint32_t> all(9000);
  std::iota(all.begin(), all.end(), 0U);
  const auto out = augmented(dataset, all, {.crop_padding = 1, .flip = false}, {5, 6});
  // The value at (3, 3) is 1 + 16 (3 + down) + 3 + right.
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int from = static_cast<int>(out[64 * i + 27] + 0.5F) - 1;
    ++counts.at(static_cast<std::size_t>((from / 16 - 2) * 3 + from % 16 - 2));
  }
  // 1000 expected a cell, standard deviation 30: five of them.
  for (const int count : counts) EXPECT_NEAR(count, 1000, 150);
}

TEST(Augment, NeverFlipsTrafficSigns) {
  Dataset dataset = coordinates(8, 32);
  dataset.may_flip = false;
  for (std::uint32_t i = 0; i < 32; ++i)
    EXPECT_NEAR(augmented(dataset, {i}, {.crop_padding = 0}, {1, 9})[1], 2.0F, 1e-4F);
}

TEST(Augment, CutoutIsAClippedSquareAroundItsCentre) {
  const Dataset dataset = coordinates(8, 32);
  for (std::uint32_t i = 0; i < 32; ++i) {
    const auto out =
        augmented(dataset, {i}, {.crop_padding = 0, .flip = false, .cutout = 4}, {2, 2});
    const Key own = split(Key{2, 2}, i);
    const int top = static_cast<int>(uniform_below(own, 3, 8)) - 2;
    const int left = static_cast<int>(uniform_below(own, 4, 8)) - 2;
    for (int y = 0; y < 8; ++y)
      for (int x = 0; x < 8; ++x)
        ASSERT_EQ(out[static_cast<std::size_t>(8 * y + x)] == 0.0F,
                  y >= top && y < top + 4 && x >= left && x < left + 4);
  }
}

TEST(Augment, RefusesWrongInput) {
  const Dataset dataset = coordinates(8, 2);
  EXPECT_THROW(augmented(dataset, {2}, {}, {}), Error);
  EXPECT_THROW(augmented(dataset, {0}, {.crop_padding = -1}, {}), Error);
  EXPECT_THROW(mixup_weight(-1, {}), Error);
}

TEST(Mixup, WeightFollowsBeta) {
  EXPECT_EQ(mixup_weight(0, {1, 2}), 1);
  // Beta(1, 1) is uniform, so the quantile is the draw itself.
  EXPECT_NEAR(mixup_weight(1, {1, 2}), uniform({1, 2}, 0), 1e-12);
  double sum = 0, squares = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const double weight = mixup_weight(0.5, split(Key{7, 7}, i));
    sum += weight;
    squares += weight * weight;
  }
  // Mean 1/2, variance 1 / (4 (2 alpha + 1)) = 1/8.
  EXPECT_NEAR(sum / 4000, 0.5, 0.03);
  EXPECT_NEAR(squares / 4000 - 0.25, 0.125, 0.03);
}

}  // namespace
}  // namespace citrine
