#include "objectives/flip_amplitude.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "graph/random_graph.h"
#include "models/models.h"
#include "objectives/difference_field.h"
#include "objectives/difference_rules.h"
#include "objectives/mean_field.h"

namespace citrine {
namespace {

constexpr double kExact = 1e-12;
// Of a rectified standard Gaussian: mean 1/sqrt(2 pi), mean square 1/2.
constexpr double kVariance = 0.5 - std::numbers::inv_pi / 2;
constexpr double kSquaredStep = 0.5 / 1024;  // (sqrt(1/2) / 32)^2

// A vector of 8 stored values, `hidden` more if not 0, and ten outputs.
Graph vectors(int hidden) {
  GraphBuilder builder({1, 1, 4});
  int x = builder.conv_bn_relu("c1", 0, {.channels = 8});
  if (hidden > 0) x = builder.conv_bn_relu("c2", x, {.channels = hidden});
  builder.fully_connected("logits", x, 10);
  return std::move(builder).build();
}

TEST(MeanField, OfARectifiedSumByHand) {
  GraphBuilder builder({4, 4, 2});
  const int a = builder.conv_bn_relu("a", 0, {.channels = 3});
  const int b = builder.batch_norm("b.bn", builder.convolution("b", a, {.channels = 3}));
  const int sum = builder.add("sum", {.kind = OpKind::add}, {a, b});
  const int average = builder.add("average", {.kind = OpKind::global_average_pool}, {sum});
  builder.fully_connected("logits", average, 2);
  const auto signals = mean_field(std::move(builder).build());
  const auto at = [&](int node) { return signals[static_cast<std::size_t>(node)]; };
  const double mean = std::sqrt(std::numbers::inv_pi / 2);
  EXPECT_NEAR(at(a).passing, 0.5, kExact);
  EXPECT_NEAR(at(a).mean, mean, kExact);
  EXPECT_NEAR(at(a).variance, kVariance, kExact);
  EXPECT_NEAR(at(sum).mean, mean, kExact);
  EXPECT_NEAR(at(sum).variance, 1 + kVariance, kExact);
  EXPECT_NEAR(at(average).mean, mean, kExact);
  EXPECT_NEAR(at(average).variance, (1 + kVariance) / 16, kExact);
}

// Three of four channels have mean 0.4 and variance 0.34, one mean 0 and variance 1.
TEST(MeanField, OfAConcatenationByHand) {
  GraphBuilder builder({1, 1, 1});
  const int a = builder.conv_bn_relu("a", 0, {.channels = 3});
  const int joined = builder.add("joined", {.kind = OpKind::concat}, {a, 0});
  builder.fully_connected("logits", joined, 2);
  const auto signal = mean_field(std::move(builder).build())[static_cast<std::size_t>(joined)];
  EXPECT_NEAR(signal.mean, 0.75 * std::sqrt(std::numbers::inv_pi / 2), kExact);
  EXPECT_NEAR(signal.power(), 0.75 * 0.5 + 0.25, kExact);
}

// By tables of the normal distribution: density 0.398942 at 0, 0.241971 at 1, outside 0.317311.
TEST(Rounded, OfOneStepByHand) {
  const auto [share, power] = rounded(1);
  const double size = 2 * (0.398942 - 0.241971), square = 0.682689 - 2 * 0.241971;
  EXPECT_NEAR(share, size + 0.317311, 1e-5);
  EXPECT_NEAR(power, 1 + size - square + 0.317311 / 6, 1e-5);
}

// A small difference seldom becomes a step, which is much larger; a large one stays, and rounding
// adds its noise of 2/12 to the square.
TEST(Rounded, OfSmallAndLargeDifferences) {
  const double size = 0.01 * std::sqrt(2 * std::numbers::inv_pi);
  EXPECT_NEAR(rounded(0.01).share, size, kExact);
  EXPECT_NEAR(rounded(0.01).power, size, kExact);
  EXPECT_NEAR(rounded(1000).share, 1, 1e-3);
  EXPECT_NEAR(rounded(1000).power, 1e6 + 1.0 / 6, 1e-3);
  EXPECT_EQ(rounded(0).power, 0);
}

// Independent Gaussians: twice the variance of a rectified one.
TEST(RectifiedSquare, OfSmallAndLargeDifferences) {
  EXPECT_NEAR(rectified_square(2), 2 * kVariance, kExact);
  EXPECT_NEAR(rectified_square(3), 2 * kVariance, kExact);
  EXPECT_NEAR(rectified_square(1e-6), 5e-7, 1e-9);
  EXPECT_EQ(rectified_square(0), 0);
}

TEST(DifferenceRules, OfAConvolutionByHand) {
  GraphBuilder builder({6, 6, 4});
  const int c = builder.convolution(
      "c", 0, {.channels = 8, .kernel = 3, .stride = 2, .padding = 1, .groups = 2});
  builder.fully_connected("logits", c, 2);
  const auto rule = difference_rules(std::move(builder).build())[static_cast<std::size_t>(c)];
  // Of the six rows, the three outputs read -1..1, 1..3, 3..5: eight taps.
  EXPECT_NEAR(rule.readers, 8.0 / 6 * 8 / 6 * 4, kExact);
  EXPECT_NEAR(rule.gain, 9.0 * 8 / (36 * 4), kExact);
}

TEST(DifferenceField, OfOneLayerByHand) {
  const auto graph = vectors(0);
  DifferenceField field(graph);
  EXPECT_NEAR(field.output_change(3, 1), std::sqrt(kSquaredStep / (8 * kVariance) / 2), kExact);
  EXPECT_NEAR(field.output_change(3, 128), 128 * field.output_change(3, 1), kExact);
}

// All 16 values of the second layer read the changed one, half of them pass their ReLU.
TEST(DifferenceField, OfTwoLayersByHand) {
  const auto graph = vectors(16);
  DifferenceField field(graph);
  const double read = kSquaredStep * 16 / (8 * kVariance), count = 8;
  const double before = 16 * rectified_square(read / 16);
  const auto [share, power] = rounded(std::sqrt(before / count / kSquaredStep));
  const double relative = count * power * kSquaredStep / (16 * kVariance);
  EXPECT_NEAR(field.output_change(3, 1), std::sqrt(relative * count * share / (1 + count * share)),
              kExact);
}

// One of four averaged values by four steps is the average by one.
TEST(DifferenceField, OfAnAverageByHand) {
  GraphBuilder builder({2, 2, 1});
  const int c = builder.conv_bn_relu("c", 0, {.channels = 5});
  builder.fully_connected("logits",
                          builder.add("average", {.kind = OpKind::global_average_pool}, {c}), 3);
  const auto graph = std::move(builder).build();
  const auto [share, power] = rounded(1);
  EXPECT_NEAR(DifferenceField(graph).output_change(c, 4),
              std::sqrt(power * kSquaredStep / (5 * kVariance / 4) * share / (1 + share)), kExact);
}

// With only one layer a flip of bit b moves an output by 2^b of what bit 0 does: 255/8 on average.
TEST(FlipAmplitude, IsTheMeanOverTheBits) {
  const auto graph = vectors(0);
  const auto amplitude = flip_amplitude(graph);
  ASSERT_EQ(amplitude.layers.size(), 1U);
  EXPECT_EQ(amplitude.layers[0].neurons, 8);
  EXPECT_NEAR(amplitude.mean, 255.0 / 8 * DifferenceField(graph).output_change(3, 1), kExact);
}

TEST(FlipAmplitude, WeighsLayersByTheirNeurons) {
  const auto amplitude = flip_amplitude(vectors(24));
  ASSERT_EQ(amplitude.layers.size(), 2U);
  EXPECT_NEAR(amplitude.mean,
              (amplitude.layers[0].amplitude + 3 * amplitude.layers[1].amplitude) / 4, kExact);
}

TEST(FlipAmplitude, OfNothingStoredIsZero) {
  GraphBuilder builder({4, 4, 1});
  builder.fully_connected("logits", 0, 2);
  EXPECT_EQ(flip_amplitude(std::move(builder).build()).mean, 0);
}

TEST(FlipAmplitude, GrowsWithTheChangeOnRandomGraphs) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto graph = testing::random_graph({i, 5});
    DifferenceField field(graph);
    for (const auto& layer : flip_amplitude(graph).layers) {
      ASSERT_TRUE(std::isfinite(layer.amplitude)) << "graph " << i;
      ASSERT_GT(layer.amplitude, 0) << "graph " << i;
      ASSERT_LT(field.output_change(layer.node, 1), field.output_change(layer.node, 128)) << i;
    }
  }
}

TEST(FlipAmplitude, OfBuiltInModelsIsFinite) {
  for (const char* name : {"resnet20", "mobilenet_v2_cifar", "nasnet_a_cifar"}) {
    const double mean = flip_amplitude(model(name)).mean;
    EXPECT_GT(mean, 0) << name;
    EXPECT_LT(mean, 1) << name;
  }
}

}  // namespace
}  // namespace citrine
