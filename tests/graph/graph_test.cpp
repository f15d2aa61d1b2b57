#include "graph/graph.h"

#include <gtest/gtest.h>

#include "graph/graph_builder.h"

namespace citrine {
namespace {

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

TEST(CanonicalHash, DoesNotDependOnNamesAndOrder) {
  EXPECT_EQ(canonical_hash(branched("", false)), canonical_hash(branched("x", true)));
}

}  // namespace
}  // namespace citrine
