#include "lower/allocation.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/random.h"
#include "train/toy_data.h"

namespace citrine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr auto kCost = AllocationLimit::Kind::cost;
constexpr auto kError = AllocationLimit::Kind::error;

// Saving 4 costs the first layer an error of 1, the second one 8; saving 6, 12 and 9.
const LayerSensitivities kTwoLayers{
    .error = 0.5, .layers = {{"a", {0, 1, 12}, {8, 4, 2}}, {"b", {0, 8, 9}, {8, 4, 2}}}};

TEST(Allocation, TakesTheCheapestSavingFirst) {
  EXPECT_THAT(allocate(kTwoLayers, {kCost, 16}), ElementsAre(0, 0));
  EXPECT_THAT(allocate(kTwoLayers, {kCost, 12}), ElementsAre(1, 0));
  // 9 for 6 is better than 8 for 4, and than 11 for 2 more of the first.
  EXPECT_THAT(allocate(kTwoLayers, {kCost, 11}), ElementsAre(1, 2));
  EXPECT_THAT(allocate(kTwoLayers, {kCost, 4}), ElementsAre(2, 2));
}

TEST(Allocation, StopsBeforeTheErrorExceedsItsLimit) {
  EXPECT_THAT(allocate(kTwoLayers, {kError, 1.4}), ElementsAre(0, 0));
  EXPECT_THAT(allocate(kTwoLayers, {kError, 1.5}), ElementsAre(1, 0));
  EXPECT_THAT(allocate(kTwoLayers, {kError, 9.5}), ElementsAre(1, 1));
  EXPECT_THAT(allocate(kTwoLayers, {kError, 100}), ElementsAre(2, 2));
}

TEST(Allocation, NamesALimitOutOfReach) {
  EXPECT_THAT(
      [] {
        allocate(kTwoLayers, {kCost, 3});
      },
      ThrowsMessage<Error>(HasSubstr("within 3, but is 4 in the cheapest")));
  EXPECT_THAT(
      [] {
        allocate(kTwoLayers, {kError, 0.4});
      },
      ThrowsMessage<Error>(HasSubstr("at least 3.9794 dB, but is 3.0103 in the first format")));
}

TEST(Allocation, EveryLayerIsMeasuredInEveryFormat) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto shape = network.graph.input_shape();
  std::vector<float> images(static_cast<std::size_t>(shape.elements() * 16));
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>(normal({8, 9}, i));
  const auto bits = [](const IntegerNetwork&, const IntegerLayer& layer) {
    return static_cast<double>(std::ssize(layer.weights) * layer.weight_format.bits());
  };
  const auto measured = layer_sensitivities(
      network, images, 16,
      {.schemes = {scheme("linear8"), scheme("linear4"), scheme("linear2")}, .cost = bits});
  ASSERT_GT(measured.layers.size(), 3U);
  EXPECT_LT(measured.error, 0.01);
  for (const auto& [name, errors, costs] : measured.layers) {
    EXPECT_GE(network.graph.find(name), 0) << name;
    EXPECT_EQ(costs[0], 2 * costs[1]) << name;
    EXPECT_EQ(costs[0], 4 * costs[2]) << name;
    EXPECT_EQ(errors[0], 0) << name;
    EXPECT_LE(errors[1], errors[2]) << name;
  }
}

}  // namespace
}  // namespace citrine
