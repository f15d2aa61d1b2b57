#include "objectives/sensitivity.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "graph/random_graph.h"
#include "kernels/error.h"
#include "models/models.h"
#include "objectives/stored_layers.h"

namespace citrine {
namespace {

constexpr double kExact = 1e-15;

Operation conv3(int channels, int stride = 1) {
  return {.channels = channels, .kernel = 3, .stride = stride, .padding = 1};
}

// docs/method.md: 16x16x8, 16x16x16 with a 2x2 pool behind, 8x8x32, 4x4x32, global average, fully
// connected 64.
Graph chain(OpKind pool) {
  GraphBuilder builder({16, 16, 3});
  int x = builder.conv_bn_relu("c1", 0, conv3(8));
  x = builder.conv_bn_relu("c2", x, conv3(16));
  x = builder.add("p", {.kind = pool, .kernel = 2, .stride = 2}, {x});
  x = builder.conv_bn_relu("c3", x, conv3(32));
  x = builder.conv_bn_relu("c4", x, conv3(32, 2));
  x = builder.add("g", {.kind = OpKind::global_average_pool}, {x});
  x = builder.relu("f.relu", builder.fully_connected("f", x, 64));
  builder.fully_connected("logits", x, 10);
  return std::move(builder).build();
}

TEST(Sensitivity, ChainByHand) {
  const auto index = sensitivity(chain(OpKind::max_pool));
  std::vector<std::int64_t> neurons;
  std::vector<double> shares;
  for (const auto& layer : index.layers) {
    neurons.push_back(layer.neurons);
    shares.push_back(layer.share);
  }
  EXPECT_EQ(neurons, (std::vector<std::int64_t>{2048, 4096, 2048, 512, 64}));
  EXPECT_EQ(shares, (std::vector<double>{1, 2, 1, 1, 1}));
  EXPECT_NEAR(index.mean, 39.0 / 10240, kExact);
  EXPECT_NEAR(index.variance, 40.0 / 2048, kExact);
  EXPECT_NEAR(index.single, 6.0 / 8768, kExact);
}

TEST(Sensitivity, ResNet20AsDocumented) {
  const auto index = sensitivity(model("resnet20"));
  EXPECT_EQ(index.layers.size(), 19U);
  EXPECT_NEAR(index.mean, 65.0 / 622592, kExact);
  EXPECT_NEAR(index.variance, 109.0 / 65536, kExact);
  EXPECT_NEAR(index.single, 29.0 / 376832, kExact);
}

TEST(Sensitivity, NothingStoredIsNothingSensitive) {
  GraphBuilder builder({4, 4, 1});
  builder.fully_connected("logits", 0, 2);
  const auto index = sensitivity(std::move(builder).build());
  EXPECT_TRUE(index.layers.empty());
  EXPECT_EQ(index.mean + index.variance + index.single, 0);
}

// Share of a layer with a pool of 3x3, stride 2, behind it.
double share_before(OpKind pool, PoolFactor factor) {
  GraphBuilder builder({8, 8, 3});
  int x = builder.conv_bn_relu("c", 0, conv3(4));
  x = builder.add("p", {.kind = pool, .kernel = 3, .stride = 2, .padding = 1}, {x});
  builder.fully_connected("logits", x, 2);
  return sensitivity(std::move(builder).build(), factor).layers.at(0).share;
}

TEST(PoolFactor, OfEachKind) {
  EXPECT_EQ(share_before(OpKind::max_pool, PoolFactor::kernel), 3);
  EXPECT_EQ(share_before(OpKind::max_pool, PoolFactor::stride), 2);
  EXPECT_EQ(share_before(OpKind::max_pool, PoolFactor::one), 1);
  EXPECT_NEAR(share_before(OpKind::max_pool, PoolFactor::measured), std::pow(3, -0.9), kExact);
  for (const auto factor : {PoolFactor::kernel, PoolFactor::stride, PoolFactor::measured})
    EXPECT_EQ(share_before(OpKind::average_pool, factor), 1);
}

// The share that an error keeps is what was measured: 0.4 to 0.7 at 2x2, 0.25 to 0.45 at 3x3.
TEST(PoolFactor, MeasuredLiesInTheMeasuredRange) {
  EXPECT_NEAR(share_before(OpKind::max_pool, PoolFactor::measured), 0.35, 0.1);
}

TEST(PoolFactor, OfSeveralPoolsMultiply) {
  GraphBuilder builder({8, 8, 3});
  int x = builder.conv_bn_relu("c", 0, conv3(4));
  for (const char* name : {"p1", "p2"})
    x = builder.add(name, {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {x});
  builder.fully_connected("logits", x, 2);
  EXPECT_EQ(sensitivity(std::move(builder).build()).layers.at(0).share, 4);
}

// One of two branches of equal width is pooled: half the relevance counts double.
TEST(PoolFactor, WeightsItsBranchAlone) {
  GraphBuilder builder({8, 8, 3});
  const int x = builder.conv_bn_relu("c", 0, conv3(4));
  const int pool = builder.add("p", {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {x});
  const int average =
      builder.add("a", {.kind = OpKind::average_pool, .kernel = 2, .stride = 2}, {x});
  builder.fully_connected("logits", builder.add("both", {.kind = OpKind::concat}, {pool, average}),
                          2);
  EXPECT_NEAR(sensitivity(std::move(builder).build()).layers.at(0).share, 1.5, kExact);
}

TEST(PoolFactor, NamesTheNearest) {
  for (const auto factor :
       {PoolFactor::kernel, PoolFactor::stride, PoolFactor::one, PoolFactor::measured})
    EXPECT_EQ(pool_factor(name_of(factor)), factor);
  try {
    pool_factor("kernl");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("kernel"));
  }
}

TEST(Relevance, OfSumAndConcatenationByHand) {
  GraphBuilder builder({4, 4, 2});
  const int a = builder.conv_bn_relu("a", 0, conv3(6));
  const int b = builder.conv_bn_relu("b", 0, conv3(2));
  const int joined = builder.add("joined", {.kind = OpKind::concat}, {a, b});
  const int c = builder.convolution("c", joined, conv3(6));
  const int sum = builder.add("sum", {.kind = OpKind::add}, {c, a, a});
  builder.fully_connected("logits", sum, 2);
  const auto values = relevance(std::move(builder).build());
  const auto at = [&](int node) { return values[static_cast<std::size_t>(node)]; };
  EXPECT_NEAR(at(c), 1.0 / 3, kExact);
  EXPECT_NEAR(at(joined), 1.0 / 3, kExact);
  EXPECT_NEAR(at(b), 1.0 / 12, kExact);
  EXPECT_NEAR(at(a), 2.0 / 3 + 1.0 / 4, kExact);
  EXPECT_NEAR(at(0), 1, kExact);
}

// Relevance on the edges from nodes that are `before` a cut to the others.
double through_cut(const Graph& graph, const std::vector<double>& values,
                   const std::set<int>& before) {
  double sum = 0;
  for (int node = 0; node < graph.size(); ++node) {
    if (before.contains(node)) continue;
    const auto& inputs = graph.node(node).inputs;
    for (std::size_t slot = 0; slot < inputs.size(); ++slot)
      if (before.contains(inputs[slot]))
        sum += values[static_cast<std::size_t>(node)] * input_share(graph, node, slot);
  }
  return sum;
}

TEST(Relevance, ThroughEveryCutSumsToOne) {
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto graph = testing::random_graph({i, 1});
    const auto values = relevance(graph);
    testing::Draws draws({i, 2});
    std::set<int> before;
    for (const int node : testing::random_order(graph, draws)) {
      before.insert(node);
      if (static_cast<int>(before.size()) == graph.size()) break;
      ASSERT_NEAR(through_cut(graph, values, before), 1, 1e-12) << "graph " << i;
    }
  }
}

// The definition: over all paths to the output the product of their parts, and of the factors of
// the pools that come before the next convolution, fully connected layer or sum.
double over_paths(const Graph& graph, int node, bool is_before_layer) {
  if (node == graph.output()) return 1;
  const auto& readers = graph.consumers(node);
  double sum = 0;
  for (const int reader : std::set<int>(readers.begin(), readers.end())) {
    const auto& [name, op, inputs] = graph.node(reader);
    const bool is_layer = op.kind == OpKind::convolution || op.kind == OpKind::fully_connected ||
                          op.kind == OpKind::add;
    const double factor = op.kind == OpKind::max_pool && is_before_layer ? op.kernel : 1;
    const double rest = over_paths(graph, reader, is_before_layer && !is_layer);
    for (std::size_t slot = 0; slot < inputs.size(); ++slot)
      if (inputs[slot] == node) sum += factor * input_share(graph, reader, slot) * rest;
  }
  return sum;
}

TEST(Sensitivity, SharesAreSumsOverPaths) {
  int layers = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto graph = testing::random_graph({i, 3});
    for (const auto& layer : sensitivity(graph).layers) {
      ++layers;
      ASSERT_NEAR(layer.share, over_paths(graph, layer.node, true), 1e-12) << "graph " << i;
    }
  }
  EXPECT_GT(layers, 300);
}

std::vector<std::string> stored_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const int node : stored_layers(graph)) names.push_back(graph.node(node).name);
  return names;
}

// The second convolution is stored as the block's end; the first's ReLU has two readers but is
// stored once.
TEST(StoredLayers, OfAResidualBlock) {
  GraphBuilder builder({4, 4, 3});
  const int x = builder.conv_bn_relu("stem", 0, conv3(4));
  const int branch = builder.batch_norm("bn", builder.convolution("conv", x, conv3(4)));
  const int sum = builder.relu("end", builder.add("sum", {.kind = OpKind::add}, {branch, x}));
  const int pool = builder.add("pool", {.kind = OpKind::global_average_pool}, {sum});
  builder.fully_connected("logits", pool, 2);
  EXPECT_EQ(stored_names(std::move(builder).build()),
            (std::vector<std::string>{"stem.relu", "end"}));
}

// Who is read before its batch norm is stored there; what follows is computed from memory.
TEST(StoredLayers, FuseNothingThatOthersRead) {
  GraphBuilder builder({4, 4, 3});
  const int a = builder.convolution("a", 0, conv3(4));
  const int relu = builder.relu("relu", a);
  const int both = builder.add("both", {.kind = OpKind::concat}, {a, relu});
  const int b = builder.convolution("b", both, conv3(4));
  const int twice = builder.add("twice", {.kind = OpKind::add}, {b, b});
  builder.fully_connected("logits", twice, 2);
  EXPECT_EQ(stored_names(std::move(builder).build()),
            (std::vector<std::string>{"a", "b", "twice"}));
}

TEST(StoredLayers, FuseASumWithTheLastOfItsConvolutions) {
  GraphBuilder builder({4, 4, 3});
  const int a = builder.batch_norm("a.bn", builder.convolution("a", 0, conv3(4)));
  const int b = builder.batch_norm("b.bn", builder.convolution("b", 0, conv3(4)));
  builder.fully_connected("logits", builder.add("sum", {.kind = OpKind::add}, {b, a}), 2);
  EXPECT_EQ(stored_names(std::move(builder).build()), (std::vector<std::string>{"a.bn", "sum"}));
}

}  // namespace
}  // namespace citrine
