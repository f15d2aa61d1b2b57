// Exact operators keep the logits, whatever the network and whatever came filters.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "graph/float_forward.h"
#include "graph/graph_builder.h"
#include "kernels/error.h"
#include "models/models.h"
#include "morph/morph.h"
#include "morph/random_network.h"

namespace citrine {
namespace {

using testing::float_forward;

constexpr std::array kExact = {Operator::insert_convolution, Operator::widen, Operator::add_skip};

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

// Largest difference of two outputs, relative to the largest logit.
double distance(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  return largest(differences) / std::max(largest(b), 1e-3);
}

// Applies `steps` exact operators, drawn by `key`; counts by name those that found a place.
void check_sequence(Network network, int steps, Key key, std::map<std::string, int>& applied) {
  const auto image = testing::random_image(network.graph.input_shape(), split(key, "image"));
  const auto golden = float_forward(network, image);
  for (int step = 0; step < steps; ++step) {
    const auto now = split(key, static_cast<std::uint64_t>(step));
    const auto op = kExact[uniform_below(now, 0, kExact.size())];
    Morphed morphed{network, "", {}};
    try {
      morphed = apply(op, network, now);
    } catch (const Error& error) {
      ASSERT_NE(std::string(error.what()).find("no place"), std::string::npos) << error.what();
      continue;
    }
    ++applied[std::string(name_of(op))];
    network = std::move(morphed.network);
    ASSERT_NO_THROW(check_weights(network.graph, network.weights)) << morphed.description;
    ASSERT_LT(distance(float_forward(network, image), golden), 1e-4)
        << morphed.description << ", step " << step;
  }
}

TEST(ExactOperators, KeepTheOutputsOfRandomNetworks) {
  std::map<std::string, int> applied;
  for (std::uint64_t i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const Key key = {i, 11};
    check_sequence(testing::random_network(key), 5, split(key, "morph"), applied);
    if (HasFatalFailure()) return;
  }
  for (const auto op : kExact) EXPECT_GT(applied[std::string(name_of(op))], 100) << name_of(op);
}

// Every operation in any order: batch norms and ReLUs without convolutions, sums of sums.
TEST(ExactOperators, KeepTheOutputsOfAnyGraph) {
  std::map<std::string, int> applied;
  for (std::uint64_t i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const Key key = {i, 12};
    const auto graph = testing::random_graph(split(key, "graph"));
    check_sequence(testing::with_random_weights(graph, split(key, "weights")), 4,
                   split(key, "morph"), applied);
    if (HasFatalFailure()) return;
  }
  for (const auto op : kExact) EXPECT_GT(applied[std::string(name_of(op))], 20) << name_of(op);
}

TEST(ExactOperators, KeepTheOutputsOfStartNetworks) {
  std::map<std::string, int> applied;
  for (const char* name : {"lemonade_1", "lemonade_2", "resnet20", "mobilenet_v2_cifar"}) {
    SCOPED_TRACE(name);
    const auto graph = model(name, {.input = Shape{4, 4, 1}, .classes = 4});
    check_sequence(testing::with_random_weights(graph, {3, 4}), 3, {5, 6}, applied);
  }
}

// A residual block of two layers and a sum, inside a skip over all of it and two layers more.
Graph nested_residuals(OpKind activation) {
  GraphBuilder builder({5, 5, 2});
  const auto layer = [&](const std::string& name, int from, bool is_active = true) {
    int x = builder.convolution(name, from, {.channels = 4, .kernel = 3, .padding = 1});
    x = builder.batch_norm(name + ".bn", x);
    return is_active ? builder.add(name + ".act", {.kind = activation}, {x}) : x;
  };
  const auto sum = [&](const std::string& name, std::vector<int> inputs) {
    const int x = builder.add(name, {.kind = OpKind::add}, std::move(inputs));
    return builder.add(name + ".act", {.kind = activation}, {x});
  };
  const int stem = layer("stem", 0);
  const int inner = sum("inner", {stem, layer("c", layer("b", layer("a", stem)), false)});
  const int outer = sum("outer", {layer("e", layer("d", inner), false), stem, inner});
  builder.fully_connected("logits", outer, 3);
  return std::move(builder).build();
}

TEST(ExactOperators, KeepTheOutputsOfNestedResiduals) {
  std::map<std::string, int> applied;
  for (std::uint64_t i = 0; i < 60; ++i) {
    SCOPED_TRACE(i);
    const Key key = {i, 13};
    const auto graph = nested_residuals(i % 2 == 0 ? OpKind::relu : OpKind::relu6);
    check_sequence(testing::with_random_weights(graph, split(key, "weights")), 5,
                   split(key, "morph"), applied);
    if (HasFatalFailure()) return;
  }
  for (const auto op : kExact) EXPECT_GT(applied[std::string(name_of(op))], 40) << name_of(op);
}

// With batch norms of ten times the scale most activations end at 6.
TEST(ExactOperators, KeepTheOutputsWhereActivationsAreClipped) {
  std::map<std::string, int> applied;
  for (std::uint64_t i = 0; i < 40; ++i) {
    SCOPED_TRACE(i);
    const Key key = {i, 14};
    auto network = testing::with_random_weights(nested_residuals(OpKind::relu6), key);
    for (auto& [name, tensor] : network.weights)
      if (name.ends_with(".bn.weight"))
        for (float& value : tensor.values) value *= 10;
    const auto image = testing::random_image(network.graph.input_shape(), split(key, "image"));
    const auto maps = testing::float_maps(network, image);
    for (const char* name : {"a.act", "inner.act", "outer.act"}) {
      const auto node = static_cast<std::size_t>(network.graph.find(name));
      EXPECT_GT(std::ranges::count(maps[node].values, 6.0), 0) << name;
    }
    check_sequence(network, 5, key, applied);
    if (HasFatalFailure()) return;
  }
  for (const auto op : kExact) EXPECT_GT(applied[std::string(name_of(op))], 20) << name_of(op);
}

// Copies get unequal shares: training can tell them apart.
TEST(Widen, BreaksTheSymmetryOfCopies) {
  GraphBuilder builder({4, 4, 1});
  const int x = builder.conv_bn_relu("a", 0, {.channels = 4, .kernel = 3, .padding = 1});
  builder.convolution("b", x, {.channels = 1});
  const auto graph = std::move(builder).build();
  const auto wide = apply(Operator::widen, testing::with_random_weights(graph, {1, 2}), {3, 4});
  const auto& filters = wide.network.weights.at("a.weight");
  const auto& after = wide.network.weights.at("b.weight").values;
  const auto row = filters.values.size() / static_cast<std::size_t>(filters.shape[0]);
  int copies = 0;
  for (std::size_t i = 4; i < after.size(); ++i)
    for (std::size_t j = 0; j < 4; ++j)
      if (std::equal(filters.values.begin() + static_cast<std::ptrdiff_t>(i * row),
                     filters.values.begin() + static_cast<std::ptrdiff_t>((i + 1) * row),
                     filters.values.begin() + static_cast<std::ptrdiff_t>(j * row))) {
        ++copies;
        EXPECT_NE(after[i], after[j]);
      }
  EXPECT_EQ(copies, static_cast<int>(after.size()) - 4);
  EXPECT_EQ(wide.touched, (std::vector<std::string>{"a", "a.bn", "b"}));
}

}  // namespace
}  // namespace citrine
