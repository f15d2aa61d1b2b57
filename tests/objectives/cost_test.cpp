#include "objectives/cost.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "graph/random_graph.h"
#include "kernels/error.h"
#include "models/models.h"

namespace citrine {
namespace {

constexpr std::int64_t kUnlimited = std::int64_t{1} << 40;

// A network of one layer.
Graph layer_of(Shape input, Operation op) {
  GraphBuilder builder(input);
  builder.convolution("layer", 0, op);
  return std::move(builder).build();
}

// Brute force over tilings, from the formulas of docs/method.md alone.
// Real inputs along one axis that outputs [begin, end) read, one by one.
std::int64_t inputs_of(const Operation& op, int input, int begin, int end) {
  std::set<int> read;
  for (int output = begin; output < end; ++output)
    for (int tap = 0; tap < op.kernel; ++tap) {
      const int at = output * op.stride - op.padding + tap;
      if (at >= 0 && at < input) read.insert(at);
    }
  return static_cast<std::int64_t>(read.size());
}

struct Axis {
  std::int64_t tiles = 0, read = 0, largest = 0;
};

Axis axis_of(const Operation& op, int input, int output, int size) {
  Axis axis;
  for (int begin = 0; begin < output; begin += size) {
    const auto inputs = inputs_of(op, input, begin, std::min(begin + size, output));
    ++axis.tiles;
    axis.read += inputs;
    axis.largest = std::max(axis.largest, inputs);
  }
  return axis;
}

std::int64_t tiles_of(int extent, int size) { return (extent + size - 1) / size; }

// Bits that move with these tiles under the best of the three orders; nothing if they do not fit.
std::optional<std::int64_t> bits_moved(const Graph& graph, const Accelerator& a, int t_m, int t_c,
                                       int t_h, int t_w) {
  const auto& op = graph.node(1).op;
  const auto in = graph.shape(0), out = graph.shape(1);
  const int filters = op.channels / op.groups, channels = in.channels / op.groups;
  const auto rows = axis_of(op, in.height, out.height, t_h);
  const auto columns = axis_of(op, in.width, out.width, t_w);
  const std::int64_t area = std::int64_t{op.kernel} * op.kernel;
  if (a.activation_bits * t_c * rows.largest * columns.largest + a.weight_bits * area * t_m * t_c +
          a.accumulator_bits * std::int64_t{t_m} * t_h * t_w >
      8 * a.buffer_bytes)
    return std::nullopt;
  const std::int64_t outputs = std::int64_t{out.height} * out.width * filters;
  const std::int64_t input = a.activation_bits * channels * rows.read * columns.read;
  const std::int64_t weights = a.weight_bits * area * channels * filters;
  const std::int64_t final_write = a.activation_bits * outputs;
  const std::int64_t partial = 2 * (tiles_of(channels, t_c) - 1) * a.accumulator_bits * outputs;
  const auto passes = tiles_of(filters, t_m), areas = rows.tiles * columns.tiles;
  return std::min({weights + passes * input + partial + final_write,
                   areas * weights + passes * input + final_write,
                   areas * weights + input + partial + final_write}) *
         op.groups;
}

// Bytes; nothing if no tile fits.
std::optional<std::int64_t> least_bytes(const Graph& graph, const Accelerator& accelerator) {
  const auto& op = graph.node(1).op;
  const auto out = graph.shape(1);
  std::optional<std::int64_t> least;
  for (int t_m = 1; t_m <= op.channels / op.groups; ++t_m)
    for (int t_c = 1; t_c <= graph.shape(0).channels / op.groups; ++t_c)
      for (int t_h = 1; t_h <= out.height; ++t_h)
        for (int t_w = 1; t_w <= out.width; ++t_w)
          if (const auto bits = bits_moved(graph, accelerator, t_m, t_c, t_h, t_w))
            least = std::min(*bits, least.value_or(*bits));
  if (least) *least = (*least + 7) / 8;
  return least;
}

std::optional<std::int64_t> transfer(const Graph& graph, const Accelerator& accelerator) {
  try {
    return cost(graph, accelerator).transfer_bytes;
  } catch (const Error&) {
    return std::nullopt;
  }
}

Graph random_layer(testing::Draws& draws) {
  for (;;) {
    const int groups = 1 + draws.below(3) / 2 * (1 + draws.below(2));
    const Shape input = {1 + draws.below(9), 1 + draws.below(9), groups * (1 + draws.below(5))};
    const Operation op = {.channels = groups * (1 + draws.below(5)),
                          .kernel = 1 + draws.below(5),
                          .stride = 1 + draws.below(4),
                          .padding = draws.below(3),
                          .groups = groups};
    if (op.padding >= op.kernel || input.height + 2 * op.padding < op.kernel ||
        input.width + 2 * op.padding < op.kernel)
      continue;
    return layer_of(input, op);
  }
}

Accelerator random_accelerator(testing::Draws& draws) {
  return {.buffer_bytes = 1 + draws.below(1 << (3 + draws.below(9))),
          .weight_bits = 1 + draws.below(8),
          .activation_bits = 1 + draws.below(8),
          .accumulator_bits = 8 + draws.below(25)};
}

TEST(Transfer, IsTheLeastOverAllTilings) {
  testing::Draws draws({5, 6});
  int fitting = 0;
  for (int i = 0; i < 400; ++i) {
    const auto graph = random_layer(draws);
    const auto accelerator = random_accelerator(draws);
    const auto least = least_bytes(graph, accelerator);
    fitting += least.has_value();
    ASSERT_EQ(transfer(graph, accelerator), least) << "layer " << i;
  }
  EXPECT_GT(fitting, 200);
  EXPECT_LT(fitting, 400);
}

// The tiles that are reported fit and move what is reported.
TEST(Transfer, IsThatOfTheTilesReported) {
  testing::Draws draws({7, 8});
  for (int i = 0; i < 200; ++i) {
    const auto graph = random_layer(draws);
    const auto accelerator = random_accelerator(draws);
    if (!transfer(graph, accelerator)) continue;
    const auto layer = cost(graph, accelerator).layers.at(0);
    const auto& tile = layer.schedule.value().tile;
    const auto bits =
        bits_moved(graph, accelerator, tile.filters, tile.channels, tile.height, tile.width);
    ASSERT_TRUE(bits.has_value());
    EXPECT_EQ((*bits + 7) / 8, layer.transfer_bytes);
  }
}

// docs/method.md: 6 rows, 5x5, padding 2; tiles 3 + 3 read 10 rows, 5 + 1 read 9. One column and
// one channel, one bit each: 6 outputs, 25 weights.
TEST(Transfer, TriesUnequalTiles) {
  const auto graph = layer_of({6, 1, 1}, {.channels = 1, .kernel = 5, .padding = 2});
  const auto at = [&](std::int64_t buffer) {
    return cost(graph, {.buffer_bytes = buffer,
                        .weight_bits = 8,
                        .activation_bits = 8,
                        .accumulator_bits = 8})
        .transfer_bytes;
  };
  EXPECT_EQ(at(6 + 25 + 6), 6 + 25 + 6);   // one tile
  EXPECT_EQ(at(6 + 25 + 5), 9 + 25 + 6);   // 5 + 1
  EXPECT_EQ(at(5 + 25 + 3), 10 + 25 + 6);  // 3 + 3
}

std::int64_t compulsory_bytes(const Graph& graph) {
  const auto& op = graph.node(1).op;
  const auto in = graph.shape(0), out = graph.shape(1);
  return inputs_of(op, in.height, 0, out.height) * inputs_of(op, in.width, 0, out.width) *
             in.channels +
         std::int64_t{op.kernel} * op.kernel * in.channels / op.groups * op.channels +
         out.elements();
}

TEST(Transfer, ObeysItsLaws) {
  testing::Draws draws({9, 10});
  for (int i = 0; i < 150; ++i) {
    const auto graph = random_layer(draws);
    const auto compulsory = compulsory_bytes(graph);
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::int64_t buffer = 16; buffer <= 1 << 14; buffer += 1 + buffer / 3) {
      const auto now = transfer(graph, {.buffer_bytes = buffer});
      if (!now) continue;
      EXPECT_LE(*now, least);
      EXPECT_GE(*now, compulsory);
      least = *now;
    }
    EXPECT_EQ(transfer(graph, {.buffer_bytes = kUnlimited}), compulsory);
  }
}

TEST(Transfer, OfResNet20NeverGrowsWithTheBuffer) {
  const auto graph = model("resnet20");
  const auto unlimited = cost(graph, {.buffer_bytes = kUnlimited}).transfer_bytes;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t buffer = 4 << 10; buffer <= std::int64_t{16} << 20; buffer *= 2) {
    const auto now = cost(graph, {.buffer_bytes = buffer}).transfer_bytes;
    EXPECT_LE(now, least);
    EXPECT_GE(now, unlimited);
    least = now;
  }
  EXPECT_EQ(least, unlimited);
}

// 3x3 inputs and weights of 8 bits and one accumulator of 32: 22 bytes.
TEST(Transfer, NamesTheLayerThatABufferIsTooSmallFor) {
  GraphBuilder builder({8, 8, 3});
  const int x = builder.convolution("pointwise", 0, {.channels = 4});
  builder.convolution("wide", x, {.channels = 4, .kernel = 3});
  const auto graph = std::move(builder).build();
  EXPECT_NO_THROW(cost(graph, {.buffer_bytes = 22}));
  try {
    cost(graph, {.buffer_bytes = 21});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "wide: the buffer must hold one tile, at least 22 bytes, got 21");
  }
}

TEST(Cost, OfOneLayerByHand) {
  const auto graph = layer_of({32, 32, 3}, {.channels = 16, .kernel = 3, .padding = 1});
  const auto total = cost(graph);
  EXPECT_EQ(total.operations, 2 * 1024 * 16 * 27);
  EXPECT_EQ(total.parameters, 27 * 16);
  EXPECT_EQ(total.activations, 0);  // the output is not counted
  EXPECT_EQ(total.layers.at(0).cycles, 64 * 1 * (27 + 16 + 16 - 2));
  EXPECT_EQ(total.transfer_bytes, 3072 + 432 + 16384);
  EXPECT_DOUBLE_EQ(total.bandwidth, (3072.0 + 432 + 16384) / (3648 / 200e6));
}

TEST(Cost, CyclesOfAnArrayThatIsNotSquare) {
  const auto graph = layer_of({5, 7, 6}, {.channels = 10, .kernel = 3});
  const auto layer = cost(graph, {.rows = 4, .columns = 3}).layers.at(0);
  EXPECT_EQ(layer.cycles, 4 * 4 * (54 + 4 + 3 - 2));  // 15 pixels, 10 filters
}

TEST(Cost, BandwidthIsThatOfTheHungriestLayer) {
  GraphBuilder builder({8, 8, 4});
  const int x = builder.convolution("a", 0, {.channels = 64, .kernel = 3, .padding = 1});
  builder.fully_connected("b", x, 10);
  const auto total = cost(std::move(builder).build(), {.buffer_bytes = kUnlimited});
  ASSERT_EQ(total.layers.size(), 2U);
  double most = 0;
  for (const auto& layer : total.layers)
    most = std::max(most, static_cast<double>(layer.transfer_bytes) * 200e6 /
                              static_cast<double>(layer.cycles));
  EXPECT_DOUBLE_EQ(total.bandwidth, most);
  EXPECT_EQ(total.transfer_bytes, total.layers[0].transfer_bytes + total.layers[1].transfer_bytes);
}

TEST(Cost, OfGroupsIsThatOfOneTimesTheirNumber) {
  for (const int groups : {2, 4, 8}) {
    const auto grouped =
        cost(layer_of({9, 9, 8}, {.channels = 16, .kernel = 3, .stride = 2, .groups = groups}),
             {.buffer_bytes = 100});
    const auto one =
        cost(layer_of({9, 9, 8 / groups}, {.channels = 16 / groups, .kernel = 3, .stride = 2}),
             {.buffer_bytes = 100});
    EXPECT_EQ(grouped.operations, groups * one.operations);
    EXPECT_EQ(grouped.parameters, groups * one.parameters);
    EXPECT_EQ(grouped.transfer_bytes, groups * one.transfer_bytes);
    EXPECT_EQ(grouped.layers[0].cycles, groups * one.layers[0].cycles);
  }
}

TEST(Cost, OfADepthwiseLayerByHand) {
  const auto total =
      cost(layer_of({8, 8, 6}, {.channels = 6, .kernel = 3, .padding = 1, .groups = 6}));
  EXPECT_EQ(total.operations, 2 * 64 * 6 * 9);
  EXPECT_EQ(total.transfer_bytes, 384 + 54 + 384);
  EXPECT_EQ(total.layers[0].cycles, 6 * 4 * (9 + 30));
}

// A map that is read flattened: 4 * 4 * 6 inputs.
TEST(Cost, OfAFullyConnectedLayerOnAMap) {
  GraphBuilder builder({4, 4, 6});
  builder.fully_connected("logits", 0, 10);
  const auto graph = std::move(builder).build();
  const auto total = cost(graph);
  EXPECT_EQ(total.operations, 2 * count_macs(graph));
  EXPECT_EQ(total.transfer_bytes, 96 + 960 + 10);
  EXPECT_EQ(total.layers[0].cycles, 1 * 1 * (96 + 30));
}

TEST(Cost, CountsWhatTheGraphCounts) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto graph = testing::random_graph({i, 11});
    const auto total = cost(graph);
    EXPECT_EQ(total.operations, 2 * count_macs(graph));
    EXPECT_EQ(total.parameters, count_parameters(graph));
  }
}

TEST(Cost, OfKnownNetworks) {
  EXPECT_EQ(cost(model("resnet20")).operations, 2 * 40'551'040);
  EXPECT_EQ(cost(model("resnet56")).operations, 2 * 125'485'696);
  EXPECT_EQ(cost(model("mobilenet_v2")).operations, 2 * 300'774'272);
  EXPECT_EQ(cost(model("mobilenet_v2")).parameters, 3'504'872);
  EXPECT_EQ(cost(model("resnet20")).activations, 188'416);
}

// A sum's other addend is read where the convolution before it writes; a pool reads and writes.
TEST(Cost, OfWhatOnlyMoves) {
  GraphBuilder builder({8, 8, 4});
  const int a = builder.conv_bn_relu("a", 0, {.channels = 4, .kernel = 3, .padding = 1});
  const int b = builder.convolution("b", a, {.channels = 4, .kernel = 3, .padding = 1});
  const int sum = builder.add("sum", {.kind = OpKind::add}, {b, a});
  const int pool = builder.add("pool", {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {sum});
  const int twice = builder.add("twice", {.kind = OpKind::add}, {pool, pool, pool});
  const int mean = builder.add("mean", {.kind = OpKind::global_average_pool}, {twice});
  builder.fully_connected("logits", mean, 10);
  const auto total = cost(std::move(builder).build());
  std::vector<std::int64_t> bytes, operations;
  for (const auto& layer : total.layers) {
    bytes.push_back(layer.transfer_bytes);
    operations.push_back(layer.other_operations);
  }
  EXPECT_THAT(bytes, ::testing::ElementsAre(256 + 144 + 256, 256 + 144 + 256 + 256, 256 + 64,
                                            64 + 64, 64 + 4, 4 + 40 + 10));
  EXPECT_THAT(operations, ::testing::ElementsAre(0, 256, 4 * 64, 2 * 64, 64, 0));
  EXPECT_EQ(total.other_operations, 256 + 256 + 128 + 64);
  EXPECT_EQ(total.transfer_bytes, 656 + 912 + 320 + 128 + 68 + 54);
}

// 10 inputs and 4 outputs on a 2x2 array: 2 folds; 8 bits, sums of 32.
TEST(Cost, EnergyAndTimeByHand) {
  GraphBuilder builder({1, 1, 10});
  builder.fully_connected("logits", 0, 4);
  Accelerator accelerator;
  accelerator.rows = accelerator.columns = 2;
  accelerator.clock_hz = 1e6;
  accelerator.memory_bytes_per_s = 2e6;
  accelerator.energies = {.source = "test",
                          .add_32_bit_pj = 1,
                          .shift_32_bit_pj = 1000,
                          .multiply_8_bit_pj = 3,
                          .sram_32_bit_pj = 4,
                          .dram_32_bit_pj = 100};
  const auto total = cost(std::move(builder).build(), accelerator);
  EXPECT_EQ(total.cycles, 2 * (10 + 2));
  EXPECT_DOUBLE_EQ(total.utilization, 40.0 / (24 * 4));
  const int moved = 10 + 40 + 4, array = 10 * 2 + 40 + 4;  // bytes
  EXPECT_EQ(total.transfer_bytes, moved);
  EXPECT_DOUBLE_EQ(total.energy_pj, 40 * (3 + 1) + array + moved + moved * 25);
  EXPECT_DOUBLE_EQ(total.seconds, moved / 2e6);  // 27 us, longer than 24 of the array
  EXPECT_DOUBLE_EQ(total.bandwidth, moved / 24e-6);
}

// Weights move once for all frames; all else grows with them.
TEST(Cost, OfFramesSharesTheWeights) {
  GraphBuilder builder({4, 4, 8});
  builder.fully_connected("logits", 0, 10);
  const auto graph = std::move(builder).build();
  Accelerator accelerator;
  accelerator.frames = 8;
  const auto total = cost(graph, accelerator);
  EXPECT_EQ(total.transfer_bytes, 8 * 128 + 1280 + 8 * 10);
  EXPECT_EQ(total.operations, 8 * 2 * 1280);
  EXPECT_EQ(total.cycles, 128 + 16 + 16 - 2);
}

TEST(Cost, RemembersShapesAndNothingElse) {
  CostModel costs;
  const auto first = costs.cost(model("resnet20"));
  costs.cost(model("mobilenet_v2_cifar"));
  const auto again = costs.cost(model("resnet20"));
  EXPECT_EQ(again.transfer_bytes, first.transfer_bytes);
  EXPECT_EQ(again.energy_pj, first.energy_pj);
  EXPECT_EQ(again.bandwidth, first.bandwidth);
}

TEST(Cost, RefusesCountsOf64Bits) {
  GraphBuilder builder({65536, 65536, 1});
  builder.convolution("huge", 0, {.channels = 1024});
  const auto graph = std::move(builder).build();
  EXPECT_NO_THROW(cost(graph, {.buffer_bytes = 1 << 20}));
  Accelerator accelerator;
  accelerator.frames = 1 << 12;
  try {
    cost(graph, accelerator);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("huge: the layer is too large"));
  }
}

TEST(Cost, RefusesSumsOf64Bits) {
  GraphBuilder builder({65536, 65536, 65536});
  builder.add("sum", {.kind = OpKind::add}, std::vector<int>(90000, 0));
  const auto graph = std::move(builder).build();
  try {
    cost(graph);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("sum: a cost exceeds 2^63"));
  }
}

TEST(Cost, ChecksTheAccelerator) {
  const auto graph = layer_of({4, 4, 1}, {.channels = 1});
  const auto message = [&](const Accelerator& accelerator) -> std::string {
    try {
      cost(graph, accelerator);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(message({.buffer_bytes = 0}), HasSubstr("bytes of the buffer must be 1"));
  EXPECT_THAT(message({.weight_bits = 0}), HasSubstr("bits of a weight"));
  EXPECT_THAT(message({.activation_bits = 65}), HasSubstr("bits of an activation"));
  EXPECT_THAT(message({.accumulator_bits = -1}), HasSubstr("bits of an accumulator"));
  EXPECT_THAT(message({.rows = 0}), HasSubstr("rows"));
  EXPECT_THAT(message({.columns = 0}), HasSubstr("columns"));
  EXPECT_THAT(message({.clock_hz = 0}), HasSubstr("clock"));
  EXPECT_THAT(message({.clock_hz = std::numeric_limits<double>::quiet_NaN()}), HasSubstr("clock"));
}

}  // namespace
}  // namespace citrine
