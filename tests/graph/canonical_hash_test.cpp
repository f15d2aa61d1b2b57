#include <map>
#include <set>

#include <gmock/gmock.h>

#include "graph/graph_json.h"
#include "graph/random_graph.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using testing::disguised;
using testing::random_graph;

constexpr int kGraphs = 2000;

TEST(CanonicalHash, DoesNotDependOnNamesAndOrderOfRandomGraphs) {
  for (std::uint64_t i = 0; i < kGraphs; ++i) {
    const auto graph = random_graph({1, i});
    ASSERT_EQ(canonical_hash(disguised(graph, {2, i})), canonical_hash(graph))
        << to_json(graph).dump(1);
  }
}

// Graphs with one attribute of one node changed, where that is still a graph.
std::vector<Graph> changed(const Graph& graph) {
  std::vector<Graph> found;
  const auto change = [&](const auto& edit) {
    for (int i = 1; i < graph.size(); ++i) try {
        auto nodes = graph.nodes();
        edit(nodes[static_cast<std::size_t>(i)].op);
        if (nodes != graph.nodes()) found.emplace_back(graph.input_shape(), std::move(nodes));
      } catch (const Error&) {
      }
  };
  change([](Operation& op) { op.channels += op.kind == OpKind::fully_connected ? 1 : 4; });
  change([](Operation& op) { op.kernel = op.kernel == 1 ? 3 : 1, op.padding = op.kernel / 2; });
  change([](Operation& op) { ++op.stride; });
  change([](Operation& op) { ++op.padding; });
  change([](Operation& op) { op.groups = op.groups == 1 ? 2 : 1; });
  change([](Operation& op) { op.has_bias = !op.has_bias; });
  change([](Operation& op) { op.kind = op.kind == OpKind::relu ? OpKind::relu6 : OpKind::relu; });
  change([](Operation& op) {
    op.kind = op.kind == OpKind::max_pool ? OpKind::average_pool : OpKind::max_pool;
  });
  found.emplace_back(Shape{7, 6, 4}, graph.nodes());
  return found;
}

TEST(CanonicalHash, ChangesWithEveryAttribute) {
  int tried = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto graph = random_graph({3, i});
    for (const auto& other : changed(graph)) {
      ASSERT_NE(canonical_hash(other), canonical_hash(graph)) << to_json(other).dump(1);
      ++tried;
    }
  }
  EXPECT_GT(tried, 2000);
}

// Reads every output of equal structure as one: a node by its operation and its inputs' texts, an
// addition by its sorted ones. Without shared nodes it says what a hash must say.
std::string unfolded(const Graph& graph, int index) {
  const auto& [name, op, inputs] = graph.node(index);
  std::vector<std::string> parts;
  for (const int input : inputs) parts.push_back(unfolded(graph, input));
  if (op.kind == OpKind::add) std::ranges::sort(parts);
  std::string text = std::string(name_of(op.kind)) + std::to_string(op.channels) + "," +
                     std::to_string(op.kernel) + "," + std::to_string(op.stride) + "," +
                     std::to_string(op.padding) + "," + std::to_string(op.groups) + "," +
                     std::to_string(op.has_bias) + "(";
  for (const auto& part : parts) text += part + ";";
  return text + ")";
}

TEST(CanonicalHash, DoesNotCollideOverDifferentGraphs) {
  std::map<std::string, std::string> text_of;
  std::set<std::string> texts;
  for (std::uint64_t i = 0; i < 2 * kGraphs; ++i) {
    const auto graph = random_graph({4, i});
    const auto text = unfolded(graph, graph.output());
    const auto [known, is_new] = text_of.emplace(canonical_hash(graph), text);
    ASSERT_EQ(known->second, text);
    texts.insert(text);
  }
  EXPECT_GT(texts.size(), 2000U);
}

Graph tower(bool is_swapped) {
  GraphBuilder builder({4, 4, 4});
  const int a = builder.relu("a", 0), b = builder.relu6("b", 0);
  builder.add("both", {.kind = OpKind::concat},
              is_swapped ? std::vector<int>{b, a} : std::vector<int>{a, b});
  return std::move(builder).build();
}

TEST(CanonicalHash, KeepsTheOrderOfConcatenations) {
  EXPECT_NE(canonical_hash(tower(false)), canonical_hash(tower(true)));
}

// relu(x) + relu(x): one node read twice, or two nodes; once more, behind an equal pair of readers.
Graph doubled(bool is_shared, bool is_deep) {
  GraphBuilder builder({4, 4, 4});
  int a = builder.relu("a", 0);
  int b = is_shared ? a : builder.relu("b", 0);
  if (is_deep) a = builder.relu6("c", a), b = builder.relu6("d", b);
  builder.add("sum", {.kind = OpKind::add}, {a, b});
  return std::move(builder).build();
}

TEST(CanonicalHash, TellsSharedNodesFromRepeatedOnes) {
  for (const bool is_deep : {false, true})
    EXPECT_NE(canonical_hash(doubled(true, is_deep)), canonical_hash(doubled(false, is_deep)));
}

TEST(CanonicalHash, IsTheSameOnEveryMachine) {
  EXPECT_EQ(canonical_hash(tower(false)), "d3233cd15b4f2dfa");
}

}  // namespace
}  // namespace citrine
