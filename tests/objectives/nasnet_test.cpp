// Objectives of a network of cells: many readers a map, sums, concatenations, depthwise layers.
#include <algorithm>

#include <gtest/gtest.h>

#include "models/models.h"
#include "objectives/cost.h"
#include "objectives/sensitivity.h"

namespace citrine {
namespace {

TEST(Nasnet, CostCountsWhatTheGraphCounts) {
  for (const char* name : {"nasnet_a_mobile", "nasnet_a_cifar"}) {
    const auto graph = model(name);
    const auto total = cost(graph);
    EXPECT_EQ(total.operations, 2 * count_macs(graph)) << name;
    EXPECT_EQ(total.parameters, count_parameters(graph)) << name;
    for (const auto& layer : total.layers) {
      EXPECT_GT(layer.transfer_bytes, 0) << graph.node(layer.node).name;
      EXPECT_EQ(layer.cycles > 0, layer.macs > 0) << graph.node(layer.node).name;
    }
  }
}

// Edges from nodes up to `last` to later ones.
TEST(Nasnet, RelevanceThroughEveryCutSumsToOne) {
  const auto graph = model("nasnet_a_cifar");
  const auto values = relevance(graph);
  std::vector<double> change(static_cast<std::size_t>(graph.size()), 0);
  for (int node = 1; node < graph.size(); ++node) {
    const auto& inputs = graph.node(node).inputs;
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      const double sent = values[static_cast<std::size_t>(node)] * input_share(graph, node, slot);
      change[static_cast<std::size_t>(inputs[slot])] += sent;
      change[static_cast<std::size_t>(node)] -= sent;
    }
  }
  double through = 0;
  for (int last = 0; last < graph.output(); ++last) {
    through += change[static_cast<std::size_t>(last)];
    ASSERT_NEAR(through, 1, 1e-9) << graph.node(last).name;
  }
}

// A separable convolution stores its depthwise and its pointwise map, the fitted inputs of a cell
// are stored, and the last of a block's convolutions is stored as the block's sum.
TEST(Nasnet, StoresEveryConvolution) {
  const auto graph = model("nasnet_a_mobile");
  const auto layers = sensitivity(graph).layers;
  const auto convolutions = std::ranges::count_if(
      graph.nodes(), [](const Node& node) { return node.op.kind == OpKind::convolution; });
  const auto is_stored = [&](const char* name) {
    return std::ranges::any_of(
        layers, [&](const LayerSensitivity& layer) { return layer.node == graph.find(name); });
  };
  EXPECT_TRUE(is_stored("stage2.1.block0"));
  EXPECT_TRUE(is_stored("stage2.1.block0.left.second.bn"));
  EXPECT_FALSE(is_stored("stage2.1.block0.right.second.bn"));
  EXPECT_TRUE(is_stored("stage2.1.block0.right.first.depthwise"));
  EXPECT_TRUE(is_stored("stage2.1.block3"));  // of two pools
  EXPECT_FALSE(is_stored("stage2.1"));
  // Two sums in each of 12 normal cells and one in each of 4 reduction cells end no convolution.
  EXPECT_EQ(static_cast<std::int64_t>(layers.size()), convolutions + 12 * 2 + 4);
}

}  // namespace
}  // namespace citrine
