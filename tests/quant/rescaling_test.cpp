#include "quant/rescaling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace citrine {
namespace {

using ::testing::ElementsAre;

// Inputs with these steps.
IntegerNetwork inputs_of_steps(const std::vector<double>& steps) {
  IntegerNetwork network;
  for (const double step : steps) {
    network.layers.emplace_back();
    network.layers.back().format.step = step;
  }
  return network;
}

IntegerLayer reader(LayerKind kind, double step, std::vector<int> inputs) {
  IntegerLayer layer;
  layer.kind = kind;
  layer.format.step = step;
  layer.inputs = std::move(inputs);
  return layer;
}

constexpr Scale shift(int bits) { return {.shift = bits}; }

// Units 1/4 * 1/2 and 1/4 * 3; 3 / 4 is a multiplier of 31 bits.
TEST(Rescaling, OfAConvolution) {
  const auto network = inputs_of_steps({0.25, 1});
  auto layer = reader(LayerKind::convolution, 1, {0, 1});
  layer.weight_steps = {0.5, 3};
  EXPECT_EQ(accumulator_unit(network, layer, 0), 0.125);
  EXPECT_EQ(accumulator_unit(network, layer, 1), 0.75);
  set_scales(network, layer);
  EXPECT_THAT(layer.scales, ElementsAre(shift(3), Scale{3 << 29, 31}));
  EXPECT_EQ(layer.residual_scales[0], shift(-3));
  EXPECT_NEAR(layer.residual_scales[1].ratio(), 4.0 / 3, 1e-9);
  layer.inputs = {0};
  set_scales(network, layer);
  EXPECT_THAT(layer.residual_scales, ElementsAre(Scale{}));
}

TEST(Rescaling, OfASumOfPowersOfTwoIsShifts) {
  auto layer = reader(LayerKind::add, 4, {0, 1});
  set_scales(inputs_of_steps({0.5, 2}), layer);
  EXPECT_THAT(layer.input_scales, ElementsAre(shift(0), shift(-2)));
  EXPECT_THAT(layer.scales, ElementsAre(shift(3)));
}

TEST(Rescaling, OfOtherSumsHasAFinerUnit) {
  auto layer = reader(LayerKind::add, 1, {0, 1});
  set_scales(inputs_of_steps({1, 3}), layer);
  EXPECT_EQ(layer.input_scales[0], shift(-8));
  EXPECT_EQ(layer.input_scales[1].ratio(), 3 * 256);
  EXPECT_THAT(layer.scales, ElementsAre(shift(8)));
}

// 2^21 apart: the unit is 2^-20 of the coarser one.
TEST(Rescaling, OfASumRoundsWhatIsFarFiner) {
  auto layer = reader(LayerKind::add, 1, {0, 1});
  set_scales(inputs_of_steps({0x1p-21, 1}), layer);
  EXPECT_THAT(layer.input_scales, ElementsAre(shift(1), shift(-20)));
}

TEST(Rescaling, OfCopiesAndPools) {
  const auto network = inputs_of_steps({0.5, 2});
  auto concat = reader(LayerKind::concat, 1, {0, 1});
  set_scales(network, concat);
  EXPECT_THAT(concat.input_scales, ElementsAre(shift(1), shift(-1)));
  auto pool = reader(LayerKind::average_pool, 1, {1});
  set_scales(network, pool);
  EXPECT_THAT(pool.scales, ElementsAre(shift(-1)));
}

}  // namespace
}  // namespace citrine
