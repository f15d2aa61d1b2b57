#include "objectives/resident_maps.h"

#include <algorithm>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "graph/random_graph.h"
#include "kernels/error.h"
#include "models/models.h"
#include "objectives/cost.h"

namespace citrine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// 8x8x4 -> a 8x8x6 -> b 8x8x6 + a -> pool 4x4x6 -> 10 logits.
Graph residual() {
  GraphBuilder builder({8, 8, 4});
  const int a = builder.conv_bn_relu("a", 0, {.channels = 6, .kernel = 3, .padding = 1});
  const int b = builder.batch_norm(
      "b.bn", builder.convolution("b", a, {.channels = 6, .kernel = 3, .padding = 1}));
  const int sum = builder.relu("end", builder.add("sum", {.kind = OpKind::add}, {b, a}));
  const int pool = builder.add("pool", {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {sum});
  builder.fully_connected("logits", pool, 10);
  return std::move(builder).build();
}

std::vector<std::string> names(const Graph& graph, const std::vector<int>& nodes) {
  std::vector<std::string> all;
  for (const int node : nodes) all.push_back(graph.node(node).name);
  return all;
}

TEST(MapPasses, OfAResidualNetwork) {
  const auto graph = residual();
  const auto passes = map_passes(graph);
  ASSERT_EQ(passes.size(), 4U);
  std::vector<int> stored;
  for (const auto& pass : passes) stored.push_back(pass.node);
  EXPECT_THAT(names(graph, stored), ElementsAre("a.relu", "end", "pool", "logits"));
  EXPECT_THAT(names(graph, passes[1].inputs), ElementsAre("a.relu"));
  EXPECT_THAT(names(graph, passes[1].addends), ElementsAre("a.relu"));
  EXPECT_THAT(passes[0].addends, IsEmpty());
}

// An operation is computed, moves maps, or is fused: none is forgotten.
TEST(MapPasses, EveryOperationHasARule) {
  for (int kind = 0; kind <= static_cast<int>(OpKind::identity); ++kind)
    EXPECT_NO_THROW(cost_rule(static_cast<OpKind>(kind)));
  EXPECT_THROW(cost_rule(static_cast<OpKind>(99)), Error);
}

TEST(MapPasses, WriteEveryMapBeforeItIsRead) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto graph = testing::random_graph({i, 41});
    const auto passes = map_passes(graph);
    const auto maps = maps_behind(graph, passes);
    std::vector<int> written = {0};
    for (const auto& pass : passes) {
      for (const auto* nodes : {&pass.inputs, &pass.addends})
        for (const int node : *nodes)
          for (const int map : maps[static_cast<std::size_t>(node)])
            EXPECT_EQ(std::ranges::count(written, map), 1) << "graph " << i;
      written.push_back(pass.node);
    }
    EXPECT_EQ(written.back(), graph.output());
  }
}

// A concatenation reads two maps, an option A shortcut one pixel of four and no zeros.
TEST(MapPasses, ReadThroughWhatMovesNothing) {
  GraphBuilder builder({8, 8, 4});
  const int a = builder.convolution("a", 0, {.channels = 6});
  const int b = builder.convolution("b", 0, {.channels = 2});
  const int both = builder.add("both", {.kind = OpKind::concat}, {a, b});
  const int less =
      builder.add("less", {.kind = OpKind::shortcut, .channels = 16, .stride = 2}, {both});
  const int relu = builder.relu("relu", less);
  builder.fully_connected("logits", relu, 2);
  const auto graph = std::move(builder).build();
  const auto maps = maps_behind(graph, map_passes(graph));
  EXPECT_THAT(maps[static_cast<std::size_t>(less)], ElementsAre(a, b));
  EXPECT_EQ(elements_read(graph, less), 4 * 4 * 8);
  EXPECT_EQ(elements_read(graph, relu), 4 * 4 * 8);
  EXPECT_EQ(elements_read(graph, both), 8 * 8 * 8);
}

// Maps 256, 384, 384, 96 and 10 bytes. One filter: 36 + 4, 54 + 4, none, and 1 + 4 bytes, as the
// logits are computed input by input.
TEST(ResidentMaps, BytesByHand) {
  const auto graph = residual();
  const auto passes = map_passes(graph);
  EXPECT_THAT(bytes_on_chip(graph, passes, maps_behind(graph, passes), Accelerator{}),
              ElementsAre(256 + 384 + 40, 384 + 384 + 58, 384 + 96, 96 + 10 + 5));
}

Cost cost_on_chip(const Graph& graph, std::int64_t bytes) {
  Accelerator accelerator;
  accelerator.buffer_bytes = bytes;
  accelerator.keeps_maps = true;
  return cost(graph, accelerator);
}

// 826 bytes hold all: the frame, 216 + 324 + 960 weights and the logits move. One byte less, and b
// spills: a's map is written and read again, b's is written and read by the pool.
TEST(ResidentMaps, TransferByHand) {
  const auto graph = residual();
  EXPECT_EQ(cost_on_chip(graph, 826).bytes_without_spill, 826);
  EXPECT_EQ(cost_on_chip(graph, 826).transfer_bytes, 256 + 216 + 324 + 960 + 10);
  Accelerator spilling;
  spilling.buffer_bytes = 825;
  const auto b = cost(graph, spilling).layers.at(1).transfer_bytes;
  EXPECT_EQ(cost_on_chip(graph, 825).transfer_bytes, (256 + 216 + 384) + b + 384 + (960 + 10));
}

TEST(ResidentMaps, NeverMoveMoreThanMapsThatDoNotStay) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto graph = testing::random_graph({i, 42});
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    for (std::int64_t bytes = 128; bytes < 1 << 14; bytes = bytes * 5 / 4) {
      Accelerator accelerator;
      accelerator.buffer_bytes = bytes;
      const auto spilled = cost(graph, accelerator).transfer_bytes;
      const auto kept = cost_on_chip(graph, bytes).transfer_bytes;
      EXPECT_LE(kept, spilled) << "graph " << i << ", " << bytes << " bytes";
      EXPECT_LE(kept, before) << "graph " << i << ", " << bytes << " bytes";
      before = kept;
    }
  }
}

// At the buffer without spill the frame, all weights and the logits move, and nothing else.
TEST(ResidentMaps, AtTheBufferWithoutSpillOnlyWhatMustMoves) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto graph = testing::random_graph({i, 43});
    const auto bytes = cost_on_chip(graph, 1 << 20).bytes_without_spill;
    const auto moved = [&](std::int64_t buffer) {
      Traffic sum;
      for (const auto& layer : cost_on_chip(graph, buffer).layers) {
        sum.input += layer.traffic.input;
        sum.weights += layer.traffic.weights;
        sum.output += layer.traffic.output;
        sum.partial += layer.traffic.partial;
      }
      return sum;
    };
    const auto all = moved(bytes);
    EXPECT_EQ(all.input, 8 * graph.shape(0).elements());
    EXPECT_EQ(all.output, 8 * graph.classes());
    EXPECT_EQ(all.partial, 0);
    EXPECT_EQ(all.total(), moved(1 << 20).total());
    EXPECT_EQ(cost_on_chip(graph, bytes).transfer_bytes,
              cost_on_chip(graph, 1 << 20).transfer_bytes);
  }
}

// What stands behind the last pass stores nothing: its map is what leaves the chip.
TEST(ResidentMaps, WriteTheLogitsBehindTheLastPass) {
  GraphBuilder builder({4, 4, 2});
  const int conv = builder.convolution("conv", 0, {.channels = 3});
  builder.relu("relu", builder.add("pool", {.kind = OpKind::global_average_pool}, {conv}));
  EXPECT_EQ(cost_on_chip(std::move(builder).build(), 1 << 20).transfer_bytes, 32 + 6 + 3);
}

TEST(ResidentMaps, OfANetworkThatComputesNothing) {
  GraphBuilder builder({1, 1, 10});
  builder.relu("relu", 0);
  const auto total = cost_on_chip(std::move(builder).build(), 1 << 10);
  EXPECT_TRUE(total.layers.empty());
  EXPECT_EQ(total.transfer_bytes + total.bytes_without_spill, 0);
}

TEST(ResidentMaps, OfResNet20) {
  const auto graph = model("resnet20");
  // A block's second convolution reads two maps of 32x32x16 bytes and writes one; a filter has 144
  // weights and an accumulator of 4 bytes.
  EXPECT_EQ(cost_on_chip(graph, 1 << 20).bytes_without_spill, 3 * 16384 + 148);
}

}  // namespace
}  // namespace citrine
