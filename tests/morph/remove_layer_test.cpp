#include <cmath>

#include <gtest/gtest.h>

#include "graph/float_forward.h"
#include "kernels/error.h"
#include "morph/morph.h"
#include "morph/random_network.h"

namespace citrine {
namespace {

using testing::float_forward;

// Convolution "a" behind the input, "b" behind it, logits behind that.
Network chain(int a, int b) {
  GraphBuilder builder({5, 5, 1});
  int x = builder.conv_bn_relu("a", 0, {.channels = a, .kernel = 3, .padding = 1});
  x = builder.conv_bn_relu("b", x, {.channels = b, .kernel = 3, .padding = 1});
  builder.fully_connected("logits", x, 2);
  return testing::with_random_weights(std::move(builder).build(), {1, 2});
}

// Weights of the logits for channel `channel`, output `row`.
std::vector<float> slice(const Network& network, int row, int channel) {
  const auto& weight = network.weights.at("logits.weight");
  const auto begin = weight.values.begin() + row * weight.shape[1] + channel * 25;
  return {begin, begin + 25};
}

TEST(RemoveLayer, ReadersInheritTheSlicesOfTheChannelsThatAreLeft) {
  const auto before = chain(3, 5);
  const auto after = apply(Operator::remove_layer, before, {3, 4});
  EXPECT_EQ(after.description, "remove b");
  EXPECT_EQ(after.network.graph.find("b"), -1);
  EXPECT_EQ(after.touched, std::vector<std::string>{"logits"});
  for (int row = 0; row < 2; ++row)
    for (int c = 0; c < 3; ++c) EXPECT_EQ(slice(after.network, row, c), slice(before, row, c));
}

TEST(RemoveLayer, ReadersGetZerosForChannelsThatAreNew) {
  const auto before = chain(5, 3);
  const auto after = apply(Operator::remove_layer, before, {3, 4});
  for (int row = 0; row < 2; ++row)
    for (int c = 0; c < 5; ++c)
      EXPECT_EQ(slice(after.network, row, c),
                c < 3 ? slice(before, row, c) : std::vector<float>(25, 0));
}

TEST(RemoveLayer, TakesAnInsertedIdentityOutAgain) {
  GraphBuilder builder({5, 5, 3});
  const int x = builder.conv_bn_relu("a", 0, {.channels = 4, .kernel = 3, .padding = 1});
  builder.fully_connected("logits", x, 2);
  const auto network = testing::with_random_weights(std::move(builder).build(), {1, 2});
  const auto longer = apply(Operator::insert_convolution, network, {3, 4});
  const auto again = apply(Operator::remove_layer, longer.network, {5, 6});
  EXPECT_EQ(again.network.graph.nodes(), network.graph.nodes());
  EXPECT_EQ(again.network.weights, network.weights);
}

int convolutions(const Graph& graph) {
  int count = 0;
  for (const auto& node : graph.nodes()) count += node.op.kind == OpKind::convolution;
  return count;
}

// Removes layers until there is no place; returns how many went.
int remove_all(Network network, Key key) {
  const auto image = testing::random_image(network.graph.input_shape(), key);
  for (int removed = 0;; ++removed) {
    std::optional<Morphed> morphed;
    try {
      morphed =
          apply(Operator::remove_layer, network, split(key, static_cast<std::uint64_t>(removed)));
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "remove_layer: the network has no place for it");
      return removed;
    }
    const auto& after = morphed->network;
    EXPECT_NO_THROW(check_weights(after.graph, after.weights)) << morphed->description;
    EXPECT_EQ(convolutions(after.graph), convolutions(network.graph) - 1);
    EXPECT_NE(canonical_hash(after.graph), canonical_hash(network.graph));
    EXPECT_EQ(after.graph.shape(after.graph.output()), network.graph.shape(network.graph.output()));
    for (const double logit : float_forward(after, image)) EXPECT_TRUE(std::isfinite(logit));
    network = after;
  }
}

TEST(RemoveLayer, LeavesWholeNetworksThatDiffer) {
  int removed = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    SCOPED_TRACE(i);
    removed += remove_all(testing::random_network({i, 21}), {i, 22});
  }
  EXPECT_GT(removed, 100);
}

// Exact and approximate operators in any order leave whole networks.
TEST(RemoveLayer, MixesWithTheOthers) {
  for (std::uint64_t i = 0; i < 150; ++i) {
    SCOPED_TRACE(i);
    auto network = testing::random_network({i, 31});
    for (std::uint64_t step = 0; step < 8; ++step) {
      const auto key = split({i, 32}, step);
      const auto op = static_cast<Operator>(uniform_below(key, 0, kOperators));
      try {
        network = apply(op, network, key).network;
      } catch (const Error& error) {
        ASSERT_NE(std::string(error.what()).find("no place"), std::string::npos) << error.what();
      }
      ASSERT_NO_THROW(check_weights(network.graph, network.weights));
    }
  }
}

}  // namespace
}  // namespace citrine
