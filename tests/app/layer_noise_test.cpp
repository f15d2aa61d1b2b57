#include "app/layer_noise.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/evaluation.h"
#include "kernels/error.h"
#include "lower/lower.h"
#include "lower/random_graph.h"
#include "train/toy_data.h"

namespace citrine::testing {
namespace {

using ::testing::HasSubstr;

IntegerNetwork lowered(const Network& network, const Dataset& dataset, const char* scheme_name) {
  return lower(network, normalized_images(dataset, dataset.train), dataset.train.count(),
               {.scheme = scheme(scheme_name)});
}

std::vector<LayerNoise> noise_of(const IntegerNetwork& integer, const Network& network,
                                 const Dataset& dataset) {
  return layer_noise(integer, network, dataset, dataset.test);
}

TEST(Decibels, ByHand) {
  EXPECT_DOUBLE_EQ(decibels(100, 1), 20);
  EXPECT_DOUBLE_EQ(decibels(1, 100), -20);
  EXPECT_TRUE(std::isfinite(decibels(1, 0)));
  EXPECT_DOUBLE_EQ(decibels(0, 0), 0);
}

class LayerNoiseOfMixedNetwork : public ::testing::Test {
 protected:
  const Dataset dataset_ = quadrants(100);  // more than a batch
  const Network network_ = mixed_network({8, 8, 1}, 4);
};

TEST_F(LayerNoiseOfMixedNetwork, InputAndLogitsByHand) {
  const auto integer = lowered(network_, dataset_, "linear8");
  const auto layers = noise_of(integer, network_, dataset_);
  ASSERT_EQ(layers.size(), integer.layers.size());

  double signal = 0, error = 0;
  for (const float value : normalized_images(dataset_, dataset_.test)) {
    signal += double{value} * double{value};
    error += std::pow(
        value - std::round(value / integer.input().format.step) * integer.input().format.step, 2);
  }
  EXPECT_NEAR(layers.front().signal_to_noise_db, 10 * std::log10(signal / error), 1e-3);

  signal = error = 0;
  const auto wanted = evaluate_float(network_, dataset_, dataset_.test, {}).logits;
  const auto got = evaluate_integer(integer, dataset_, dataset_.test, *make_backend("cpu")).logits;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    signal += std::pow(wanted[i], 2);
    error += std::pow(wanted[i] - got[i], 2);
  }
  // The float network is folded in one and not in the other.
  EXPECT_NEAR(layers.back().signal_to_noise_db, 10 * std::log10(signal / error), 0.05);
}

TEST_F(LayerNoiseOfMixedNetwork, FewerBitsAreNoisierInEveryLayer) {
  const auto eight = noise_of(lowered(network_, dataset_, "linear8"), network_, dataset_);
  const auto four = noise_of(lowered(network_, dataset_, "linear4/linear4"), network_, dataset_);
  EXPECT_EQ(four.front().signal_to_noise_db, eight.front().signal_to_noise_db);
  for (std::size_t i = 1; i < eight.size(); ++i)
    EXPECT_GT(eight[i].signal_to_noise_db, four[i].signal_to_noise_db + 6) << eight[i].layer;
}

TEST_F(LayerNoiseOfMixedNetwork, RefusesAnotherNetwork) {
  auto integer = lowered(network_, dataset_, "linear8");
  integer.layers[1].name = "other";
  try {
    noise_of(integer, network_, dataset_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'other'"));
  }
}

// Images of random pixels.
Dataset noise(int count, Shape shape) {
  Dataset dataset = quadrants(count);
  for (auto* set : {&dataset.train, &dataset.test}) {
    set->shape = shape;
    set->pixels.resize(static_cast<std::size_t>(set->count() * shape.elements()));
    for (std::size_t i = 0; i < set->pixels.size(); ++i)
      set->pixels[i] = static_cast<std::uint8_t>(uniform_below({1, 2}, i, 256));
  }
  return dataset;
}

// Each layer is compared with the node that it stores: with another one little would be left.
void expect_near_float(const Network& network, const Dataset& dataset) {
  for (const auto& [layer, ratio] :
       noise_of(lowered(network, dataset, "linear8"), network, dataset))
    EXPECT_GT(ratio, 20) << layer;
}

TEST(LayerNoise, EveryLayerOfRandomNetworks) {
  const auto dataset = noise(16, {8, 8, 2});
  for (std::uint64_t seed = 0; seed < 30; ++seed)
    expect_near_float(random_network({seed, 0}), dataset);
}

// Of a residual that is finer than the accumulator.
TEST(LayerNoise, AConvolutionAndItsSumAsTwoLayers) {
  GraphBuilder builder({1, 1, 1});
  const int conv = builder.convolution("conv", 0, {.channels = 1});
  const int sum = builder.add("sum", {.kind = OpKind::add}, {conv, 0});
  builder.fully_connected("classify", builder.relu("relu", sum), 4);
  auto graph = std::move(builder).build();
  auto weights = random_weights(graph, {4, 5});
  weights.at("conv.weight").values = {512.0F};
  const Network network{std::move(graph), std::move(weights)};
  const auto dataset = noise(16, {1, 1, 1});
  ASSERT_EQ(lowered(network, dataset, "linear8").layers.size(), 4U);
  expect_near_float(network, dataset);
}

}  // namespace
}  // namespace citrine::testing
