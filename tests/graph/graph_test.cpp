#include "graph/graph.h"

#include <gmock/gmock.h>

#include "graph/graph_builder.h"
#include "graph/graph_json.h"
#include "graph/weights.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Graph branched(const std::string& prefix, bool is_swapped) {
  GraphBuilder builder({8, 8, 3});
  const Operation op{.channels = 8, .kernel = 3, .padding = 1};
  const Operation other{.channels = 8, .kernel = 1};
  const int a = builder.convolution(prefix + "a", 0, is_swapped ? other : op);
  const int b = builder.convolution(prefix + "b", 0, is_swapped ? op : other);
  const int sum = builder.add(prefix + "sum", {.kind = OpKind::add}, {a, b});
  builder.fully_connected(
      prefix + "fc", builder.add(prefix + "pool", {.kind = OpKind::global_average_pool}, {sum}),
      10);
  return std::move(builder).build();
}

TEST(Graph, InfersShapesAndCounts) {
  const auto graph = branched("", false);
  EXPECT_EQ(graph.shape(graph.find("sum")), (Shape{8, 8, 8}));
  EXPECT_EQ(graph.classes(), 10);
  EXPECT_EQ(count_macs(graph), 64 * 8 * 27 + 64 * 8 * 3 + 80);
  EXPECT_EQ(count_parameters(graph), 8 * 27 + 8 * 3 + 80 + 10);
}

TEST(Graph, NamesTheNodeThatDoesNotFit) {
  GraphBuilder builder({8, 8, 48});
  builder.convolution("conv3", 0, {.channels = 10, .kernel = 1, .groups = 5});
  EXPECT_THAT([&] { std::move(builder).build(); },
              ThrowsMessage<Error>(HasSubstr("conv3: groups must divide 48 channels, got 5")));
}

TEST(Graph, RefusesANodeThatReachesNothing) {
  GraphBuilder builder({8, 8, 3});
  builder.relu("dead", 0);
  builder.fully_connected("fc", 0, 10);
  EXPECT_THAT([&] { std::move(builder).build(); },
              ThrowsMessage<Error>(HasSubstr("dead: must reach the output")));
}

TEST(CanonicalHash, DoesNotDependOnNamesAndOrder) {
  EXPECT_EQ(canonical_hash(branched("", false)), canonical_hash(branched("x", true)));
}

TEST(CanonicalHash, TellsSharedFromRepeatedNodes) {
  const auto graph = [](bool is_shared) {
    GraphBuilder builder({8, 8, 4});
    const int a = builder.relu("a", 0);
    const int b = is_shared ? a : builder.relu("b", 0);
    builder.add("sum", {.kind = OpKind::add}, {a, b});
    return std::move(builder).build();
  };
  EXPECT_NE(canonical_hash(graph(true)), canonical_hash(graph(false)));
}

TEST(GraphJson, RoundTripKeepsTheGraph) {
  const auto graph = branched("", false);
  const auto back = graph_from_json(parse_json(to_json(graph).dump(), "test"));
  EXPECT_EQ(back.nodes(), graph.nodes());
  EXPECT_EQ(back.input_shape(), graph.input_shape());
}

TEST(GraphJson, AcceptsAnyOrderAndRefusesCycles) {
  auto json = to_json(branched("", false));
  std::reverse(json["nodes"].begin(), json["nodes"].end());
  EXPECT_EQ(canonical_hash(graph_from_json(json)), canonical_hash(branched("", false)));
  for (auto& node : json["nodes"])
    if (node["name"] == "a") node["inputs"] = {"fc"};
  EXPECT_THAT([&] { graph_from_json(json); }, ThrowsMessage<Error>(HasSubstr("cycle")));
}

TEST(GraphJson, NamesTheNearestKeyAndOperation) {
  auto json = to_json(branched("", false));
  json["nodes"][1]["chanels"] = 3;
  EXPECT_THAT([&] { graph_from_json(json); },
              ThrowsMessage<Error>(HasSubstr("did you mean 'channels'")));
  EXPECT_THAT([] { op_kind("convolutoin"); },
              ThrowsMessage<Error>(HasSubstr("did you mean 'convolution'")));
}

TEST(GraphJson, RefusesDeepNestingAndRepeatedKeys) {
  EXPECT_THAT([] { parse_json(std::string(100'000, '['), "f.json"); },
              ThrowsMessage<Error>(HasSubstr("f.json: JSON is nested")));
  EXPECT_THAT([] { parse_json(R"({"a": 1, "a": 2})", "f.json"); },
              ThrowsMessage<Error>(HasSubstr("'a' appears twice")));
  EXPECT_THROW(parse_json("{\"a\": ", "f.json"), Error);
}

TEST(Weights, AreCheckedAgainstTheGraph) {
  const auto graph = branched("", false);
  auto weights = random_weights(graph, {1, 2});
  check_weights(graph, weights);
  weights["a.weight"].values[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT([&] { check_weights(graph, weights); },
              ThrowsMessage<Error>(HasSubstr("a.weight: weights must be finite")));
  weights = random_weights(graph, {1, 2});
  weights["extra"] = {};
  EXPECT_THAT([&] { check_weights(graph, weights); }, ThrowsMessage<Error>(HasSubstr("extra")));
}

}  // namespace
}  // namespace citrine
