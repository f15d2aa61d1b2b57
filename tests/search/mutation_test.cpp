#include "search/mutation.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "search/lemonade.h"

namespace citrine {
namespace {

Network parent_network() {
  GraphBuilder builder({6, 6, 1});
  int x = builder.conv_bn_relu("a", 0, {.channels = 8, .kernel = 3, .padding = 1});
  x = builder.conv_bn_relu("b", x, {.channels = 8, .kernel = 3, .padding = 1});
  builder.fully_connected("logits", x, 3);
  const auto graph = std::move(builder).build();
  return {graph, random_weights(graph, {1, 1})};
}

TEST(Mutation, IsAFunctionOfItsKey) {
  const auto parent = parent_network();
  const auto operators = LemonadeSettings().operators;
  std::set<std::size_t> counts;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto first = mutate(parent, operators, 3, {i, 0});
    const auto second = mutate(parent, operators, 3, {i, 0});
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->operators, second->operators);
    EXPECT_EQ(first->network.weights, second->network.weights);
    EXPECT_TRUE(std::ranges::is_sorted(first->touched));
    for (const auto& name : first->touched) EXPECT_GE(first->network.graph.find(name), 0);
    counts.insert(first->operators.size());
  }
  EXPECT_EQ(counts, (std::set<std::size_t>{1, 2, 3}));
}

TEST(Mutation, IsApproximateIfOneOperatorIs) {
  const auto parent = parent_network();
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto child = mutate(parent, LemonadeSettings().operators, 3, {i, 1});
    const bool removes = std::ranges::any_of(
        child->operators, [](const auto& what) { return what.starts_with("remove "); });
    EXPECT_EQ(child->is_approximate, removes);
  }
}

TEST(Mutation, IsNothingWhereNoOperatorFits) {
  GraphBuilder builder({4, 4, 1});
  builder.fully_connected("logits", 0, 2);
  const auto graph = std::move(builder).build();
  EXPECT_FALSE(
      mutate({graph, random_weights(graph, {1, 1})}, LemonadeSettings().operators, 3, {1, 2}));
}

}  // namespace
}  // namespace citrine
