#include "objectives/flip_amplitude.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "graph/random_graph.h"
#include "models/models.h"

namespace citrine {
namespace {

constexpr double kExact = 1e-12;
constexpr double kGain = std::numbers::pi / (std::numbers::pi - 1);

Operation conv3(int channels, int stride = 1) {
  return {.channels = channels, .kernel = 3, .stride = stride, .padding = 1};
}

// 8x8x4, 4x4x16 and 64 values before ten outputs, with two, one and no ReLU behind.
TEST(FlipAmplitude, ChainByHand) {
  GraphBuilder builder({8, 8, 1});
  int x = builder.conv_bn_relu("a", 0, conv3(4));
  x = builder.conv_bn_relu("b", x, conv3(16, 2));
  x = builder.relu("c.relu", builder.fully_connected("c", x, 64));
  builder.fully_connected("logits", x, 10);
  const auto amplitude = flip_amplitude(std::move(builder).build());
  ASSERT_EQ(amplitude.layers.size(), 3U);
  EXPECT_EQ(amplitude.layers[0].neurons, 256);
  EXPECT_EQ(amplitude.layers[0].relus, 2);
  EXPECT_NEAR(amplitude.layers[0].amplitude, kGain / 16, kExact);
  EXPECT_NEAR(amplitude.layers[1].amplitude, std::sqrt(kGain) / 16, kExact);
  EXPECT_NEAR(amplitude.layers[2].amplitude, 1.0 / 8, kExact);
  EXPECT_NEAR(amplitude.mean, (16 * kGain + 16 * std::sqrt(kGain) + 8) / (256 + 256 + 64), kExact);
}

// The block's input is summed one ReLU before the outputs, but its branch passes another.
TEST(FlipAmplitude, TakesTheLongestWay) {
  GraphBuilder builder({4, 4, 3});
  const int stem = builder.conv_bn_relu("stem", 0, conv3(4));
  const int inner = builder.conv_bn_relu("inner", stem, conv3(4));
  const int branch = builder.batch_norm("bn", builder.convolution("outer", inner, conv3(4)));
  const int sum = builder.add("sum", {.kind = OpKind::add}, {branch, stem});
  builder.fully_connected("logits", builder.relu("end", sum), 2);
  const auto layers = flip_amplitude(std::move(builder).build()).layers;
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[0].relus, 2);
  EXPECT_EQ(layers[1].relus, 1);
  EXPECT_EQ(layers[2].relus, 0);
}

TEST(FlipAmplitude, OfNothingStoredIsZero) {
  GraphBuilder builder({4, 4, 1});
  builder.fully_connected("logits", 0, 2);
  const auto amplitude = flip_amplitude(std::move(builder).build());
  EXPECT_EQ(amplitude.mean, 0);
  EXPECT_TRUE(amplitude.layers.empty());
}

// The index `mean` falls when layers of many neurons are added in front, this does not.
TEST(FlipAmplitude, IsNotBoughtByLayersInFront) {
  const auto with_layers = [](int count) {
    GraphBuilder builder({16, 16, 1});
    int x = builder.conv_bn_relu("stem", 0, conv3(16));
    for (int i = 0; i < count; ++i)
      x = builder.conv_bn_relu("added" + std::to_string(i), x, {.channels = 16});
    x = builder.conv_bn_relu("narrow", x, conv3(8, 4));
    builder.fully_connected("logits", x, 10);
    return flip_amplitude(std::move(builder).build()).mean;
  };
  for (int count = 0; count < 6; ++count) EXPECT_LT(with_layers(count), with_layers(count + 1));
}

// Reader by reader, without the order that flip_amplitude walks in.
int longest_way(const Graph& graph, int node) {
  int most = 0;
  for (const int reader : graph.consumers(node)) {
    const auto kind = graph.node(reader).op.kind;
    const bool is_relu = kind == OpKind::relu || kind == OpKind::relu6;
    most = std::max(most, longest_way(graph, reader) + (is_relu ? 1 : 0));
  }
  return most;
}

TEST(FlipAmplitude, CountsReLUsOfRandomGraphs) {
  int layers = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto graph = testing::random_graph({i, 5});
    for (const auto& layer : flip_amplitude(graph).layers) {
      ++layers;
      ASSERT_EQ(layer.relus, longest_way(graph, layer.node)) << "graph " << i;
    }
  }
  EXPECT_GT(layers, 200);
}

TEST(FlipAmplitude, OfTheDeepestGraphsIsFinite) {
  GraphBuilder builder({1, 1, 1});
  int x = builder.conv_bn_relu("c", 0, {.channels = 1});
  for (int i = 0; i < 5000; ++i) x = builder.relu("relu" + std::to_string(i), x);
  builder.fully_connected("logits", builder.conv_bn_relu("d", x, {.channels = 1}), 2);
  EXPECT_TRUE(std::isfinite(flip_amplitude(std::move(builder).build()).mean));
}

// 7 layers of 16384, 6 of 8192, 6 of 4096 neurons, with 18 ReLUs to none behind.
TEST(FlipAmplitude, ResNet20ByHand) {
  const double root = std::sqrt(kGain);
  const auto sum = [&](int first, int last) {
    return (std::pow(root, last + 1) - std::pow(root, first)) / (root - 1);
  };
  const double roots = 128 * sum(12, 18) + std::sqrt(8192.0) * sum(6, 11) + 64 * sum(0, 5);
  EXPECT_NEAR(flip_amplitude(model("resnet20")).mean, roots / 188416, kExact);
}

}  // namespace
}  // namespace citrine
