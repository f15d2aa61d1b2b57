#include "lower/fold.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "lower/lower.h"
#include "lower/plan.h"
#include "train/toy_data.h"
#include "train/train.h"

namespace citrine {
namespace {

int count_of(const Graph& graph, OpKind kind) {
  return static_cast<int>(
      std::ranges::count_if(graph.nodes(), [&](const Node& node) { return node.op.kind == kind; }));
}

void set_norm(Weights& weights, const std::string& name, float scale, float shift, float mean,
              float variance) {
  weights[name + ".weight"] = {{1}, {scale}};
  weights[name + ".bias"] = {{1}, {shift}};
  weights[name + ".running_mean"] = {{1}, {mean}};
  weights[name + ".running_var"] = {{1}, {variance}};
}

// y = 3 (2 x + 1 - 5) / 2 + 0.5 = 3 x - 5.5.
TEST(FoldBatchNorm, MultipliesIntoTheConvolution) {
  GraphBuilder builder({1, 1, 1});
  const int convolution = builder.convolution("conv", 0, {.channels = 1, .has_bias = true});
  builder.batch_norm("norm", convolution);
  Network network{std::move(builder).build(),
                  {{"conv.weight", {{1, 1, 1, 1}, {2}}}, {"conv.bias", {{1}, {1}}}}};
  set_norm(network.weights, "norm", 3, 0.5F, 5, 4 - kBatchNormEpsilon);
  const auto folded = fold_batch_norm(network);
  ASSERT_EQ(folded.graph.size(), 2);
  EXPECT_NEAR(folded.weights.at("conv.weight").values[0], 3, 1e-6);
  EXPECT_NEAR(folded.weights.at("conv.bias").values[0], -5.5, 1e-6);
}

TEST(FoldBatchNorm, LeavesAConvolutionWithOtherConsumersAlone) {
  GraphBuilder builder({1, 1, 1});
  const int convolution = builder.convolution("conv", 0, {.channels = 1});
  const int norm = builder.batch_norm("norm", convolution);
  builder.add("sum", {.kind = OpKind::add}, {convolution, norm});
  Network network{std::move(builder).build(), {{"conv.weight", {{1, 1, 1, 1}, {2}}}}};
  set_norm(network.weights, "norm", 3, 0.5F, 5, 4 - kBatchNormEpsilon);
  const auto folded = fold_batch_norm(network);
  EXPECT_EQ(folded.weights.at("conv.weight").values[0], 2);
  EXPECT_NEAR(folded.weights.at("norm.weight").values[0], 1.5, 1e-6);
  EXPECT_NEAR(folded.weights.at("norm.bias").values[0], -7, 1e-6);
  EXPECT_EQ(folded.graph.node(norm).op.kind, OpKind::convolution);
}

TEST(FoldBatchNorm, KeepsTheFunction) {
  auto network = testing::mixed_network({8, 8, 3}, 5);
  for (auto& [name, tensor] : network.weights)
    if (name.find("bn") != std::string::npos || name.starts_with("norm"))
      for (std::size_t i = 0; i < tensor.values.size(); ++i)
        tensor.values[i] += 0.1F + 0.05F * static_cast<float>(i);
  const auto folded = fold_batch_norm(network);
  EXPECT_EQ(count_of(folded.graph, OpKind::batch_norm), 0);
  EXPECT_EQ(folded.graph.size(),
            network.graph.size() - 3);  // the one after the concatenation stays
  std::vector<float> images(4 * 192);
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>(normal({5, 6}, i));
  const auto before = activations(network, images, 4).back();
  const auto after = activations(folded, images, 4).back();
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_NEAR(before[i], after[i], 1e-4 * (1 + std::abs(before[i])));  // rounding of products
}

TEST(RemoveIdentities, ConnectsTheirReaders) {
  GraphBuilder builder({1, 1, 1});
  const int first = builder.add("first", {.kind = OpKind::identity}, {0});
  const int convolution = builder.convolution("conv", first, {.channels = 1});
  builder.add("last", {.kind = OpKind::identity}, {convolution});
  const auto clean =
      remove_identities({std::move(builder).build(), {{"conv.weight", {{1, 1, 1, 1}, {2}}}}});
  ASSERT_EQ(clean.graph.size(), 2);
  EXPECT_EQ(clean.graph.node(1).inputs, std::vector<int>{0});
  EXPECT_EQ(clean.weights.size(), 1U);
}

// conv -> relu -> conv + skip -> relu: three layers, the sum in the second convolution.
TEST(PlanLayers, FusesRectifiersAndSums) {
  GraphBuilder builder({4, 4, 2});
  const int a = builder.relu("a.relu", builder.convolution("a", 0, {.channels = 2}));
  const int b = builder.convolution("b", a, {.channels = 2});
  const int sum = builder.add("sum", {.kind = OpKind::add}, {b, a});
  const int out = builder.relu6("out", sum);
  const auto plan = plan_layers(std::move(builder).build());
  ASSERT_EQ(plan.size(), 3U);
  EXPECT_EQ(plan[1].node, 1);
  EXPECT_EQ(plan[1].stored, a);
  EXPECT_EQ(plan[2].node, b);
  EXPECT_EQ(plan[2].sum, sum);
  EXPECT_EQ(plan[2].stored, out);
  EXPECT_EQ(plan[2].residual, a);
  EXPECT_EQ(plan[2].rectifier, Rectifier::relu6);
}

TEST(PlanLayers, KeepsWhatOthersReadApart) {
  GraphBuilder builder({4, 4, 2});
  const int a = builder.convolution("a", 0, {.channels = 2});
  const int relu = builder.relu("relu", a);
  builder.add("sum", {.kind = OpKind::add}, {a, relu});
  const auto plan = plan_layers(std::move(builder).build());
  ASSERT_EQ(plan.size(), 4U);
  EXPECT_EQ(plan[1].rectifier, Rectifier::none);
  EXPECT_EQ(plan[3].residual, -1);
}

}  // namespace
}  // namespace citrine
