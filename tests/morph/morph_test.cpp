#include "morph/morph.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "models/models.h"
#include "morph/random_network.h"

namespace citrine {
namespace {

constexpr Key kKey = {9, 0};

Network network_of(const Graph& graph) { return testing::with_random_weights(graph, kKey); }

TEST(Morph, NamesItsOperators) {
  for (int i = 0; i < kOperators; ++i) {
    const auto op = static_cast<Operator>(i);
    EXPECT_EQ(morph_operator(name_of(op)), op);
    EXPECT_EQ(is_exact(op), op != Operator::remove_layer);
  }
  try {
    morph_operator("widenn");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("widen"));
  }
}

TEST(Morph, ThrowsWhereThereIsNoPlace) {
  GraphBuilder builder({4, 4, 3});
  builder.fully_connected("logits", 0, 2);
  const auto network = network_of(std::move(builder).build());
  for (int i = 0; i < kOperators; ++i) {
    const auto op = static_cast<Operator>(i);
    try {
      apply(op, network, kKey);
      FAIL() << name_of(op);
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()),
                std::string(name_of(op)) + ": the network has no place for it");
    }
  }
}

// What shortcuts and grouped convolutions tie, the input and the output keep their channels.
TEST(Morph, WidensNoFixedChannels) {
  GraphBuilder builder({4, 4, 3});
  int x = builder.conv_bn_relu("a", 0, {.channels = 4});
  x = builder.conv_bn_relu("grouped", x, {.channels = 6, .groups = 2});
  x = builder.conv_bn_relu("b", x, {.channels = 4});
  x = builder.add("shortcut", {.kind = OpKind::shortcut, .channels = 6}, {x});
  builder.convolution("logits", x, {.channels = 3});
  EXPECT_THROW(apply(Operator::widen, network_of(std::move(builder).build()), kKey), Error);
}

void expect_no_place(Operator op, const Network& network) {
  for (std::uint64_t i = 0; i < 4; ++i)
    EXPECT_FALSE(apply_if_possible(op, network, {i, 7})) << name_of(op);
}

// 60,000 channels times 1.25 are more than a graph may have, and their square costs 14 GB.
TEST(Morph, HasNoPlaceWhereChannelsWouldBeTooMany) {
  GraphBuilder builder({1, 1, 1});
  int x = builder.conv_bn_relu("a", 0, {.channels = 60'000});
  x = builder.conv_bn_relu("b", x, {.channels = 60'000, .groups = 60'000});
  builder.convolution("logits", x, {.channels = 1});
  const auto network = network_of(std::move(builder).build());
  expect_no_place(Operator::widen, network);
  expect_no_place(Operator::insert_convolution, network);
  int added = 0;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const auto skip = apply_if_possible(Operator::add_skip, network, {i, 7});
    added += skip.has_value();
    EXPECT_EQ(skip ? skip->description : "skip a.relu + b.relu", "skip a.relu + b.relu");
  }
  EXPECT_GT(added, 0);
  EXPECT_LT(added, 10);  // the others would join 120,000 channels
}

// 2^32 pixels times 1408^2 are just below 2^53 multiply-accumulates.
TEST(Morph, HasNoPlaceWhereCountsWouldBeTooLarge) {
  GraphBuilder builder({65536, 65536, 1});
  int x = builder.conv_bn_relu("a", 0, {.channels = 1408});
  x = builder.conv_bn_relu("b", x, {.channels = 1408});
  builder.convolution("logits", x, {.channels = 1});
  const auto network = network_of(std::move(builder).build());
  expect_no_place(Operator::widen, network);
  expect_no_place(Operator::insert_convolution, network);
}

TEST(Morph, HasNoPlaceWhereNodesWouldBeTooMany) {
  GraphBuilder builder({1, 1, 1});
  int x = 0;
  while (x < 99'997) x = builder.relu("n" + std::to_string(x), x);
  builder.fully_connected("logits", x, 1);
  const auto network = network_of(std::move(builder).build());
  EXPECT_FALSE(apply_if_possible(Operator::insert_convolution, network, kKey));
  EXPECT_THROW(apply(Operator::insert_convolution, network, kKey), Error);
}

TEST(Morph, WidensByTheStatedFactors) {
  GraphBuilder builder({4, 4, 3});
  int x = builder.conv_bn_relu("a", 0, {.channels = 16});
  builder.convolution("logits", x, {.channels = 3});
  const auto network = network_of(std::move(builder).build());
  std::set<int> widths;
  for (std::uint64_t i = 0; i < 40; ++i)
    widths.insert(apply(Operator::widen, network, {i, 0}).network.graph.node(1).op.channels);
  EXPECT_EQ(widths, (std::set<int>{20, 24, 32}));
}

TEST(Morph, SameKeySameChild) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    const auto network = testing::random_network({i, 3});
    const auto first = apply(Operator::widen, network, {i, 4});
    const auto second = apply(Operator::widen, network, {i, 4});
    EXPECT_EQ(first.description, second.description);
    EXPECT_EQ(first.network.weights, second.network.weights);
  }
}

// Nodes with a weight that `before` has not, or has otherwise.
std::set<std::string> changed_nodes(const Weights& before, const Weights& after) {
  std::set<std::string> nodes;
  for (const auto& [name, tensor] : after) {
    const auto old = before.find(name);
    if (old == before.end() || old->second != tensor) nodes.insert(name.substr(0, name.rfind('.')));
  }
  return nodes;
}

TEST(Morph, TouchedNodesAreThoseWithNewWeights) {
  const auto graph = model("lemonade_1", {.input = Shape{8, 8, 1}, .classes = 4});
  const auto network = network_of(graph);
  for (std::uint64_t i = 0; i < 40; ++i) {
    const auto morphed = apply(static_cast<Operator>(i % kOperators), network, {i, 6});
    SCOPED_TRACE(morphed.description);
    const std::set<std::string> touched(morphed.touched.begin(), morphed.touched.end());
    EXPECT_EQ(touched, changed_nodes(network.weights, morphed.network.weights));
  }
}

}  // namespace
}  // namespace citrine
