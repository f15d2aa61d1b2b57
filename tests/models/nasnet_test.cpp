// NASNet-A: counts by hand, shapes and wiring of its cells.
#include "models/nasnet.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>

#include "models/models.h"

namespace citrine {
namespace {

using ::testing::ElementsAre;

const Shape& shape_of(const Graph& graph, const std::string& name) {
  const int node = graph.find(name);
  EXPECT_GE(node, 0) << name;
  return graph.shape(std::max(node, 0));
}

// Of the nodes whose names begin with `prefix`.
std::int64_t parameters_of(const Graph& graph, const std::string& prefix) {
  std::int64_t sum = 0;
  for (int i = 1; i < graph.size(); ++i) {
    const auto& [name, op, inputs] = graph.node(i);
    if (!name.starts_with(prefix)) continue;
    if (op.kind == OpKind::batch_norm) sum += std::int64_t{2} * graph.shape(i).channels;
    if (op.kind == OpKind::convolution)
      sum += std::int64_t{op.kernel} * op.kernel * graph.shape(inputs[0]).channels / op.groups *
             op.channels;
  }
  return sum;
}

TEST(Nasnet, MobileCellsHaveTheirShapes) {
  const auto graph = model("nasnet_a_mobile");
  EXPECT_EQ(shape_of(graph, "stem"), (Shape{111, 111, 32}));
  EXPECT_EQ(shape_of(graph, "stem1"), (Shape{56, 56, 44}));
  EXPECT_EQ(shape_of(graph, "stem2"), (Shape{28, 28, 88}));
  EXPECT_EQ(shape_of(graph, "reduction2"), (Shape{14, 14, 352}));
  EXPECT_EQ(shape_of(graph, "reduction3"), (Shape{7, 7, 704}));
  for (const char* cell : {"0", "1", "2", "3"}) {
    EXPECT_EQ(shape_of(graph, std::string("stage1.") + cell), (Shape{28, 28, 264}));
    EXPECT_EQ(shape_of(graph, std::string("stage2.") + cell), (Shape{14, 14, 528}));
    EXPECT_EQ(shape_of(graph, std::string("stage3.") + cell), (Shape{7, 7, 1056}));
  }
  EXPECT_EQ(graph.find("stage1.4"), -1);
}

TEST(Nasnet, CifarCellsHaveTheirShapes) {
  const auto graph = model("nasnet_a_cifar");
  EXPECT_EQ(shape_of(graph, "stem"), (Shape{32, 32, 96}));
  EXPECT_EQ(shape_of(graph, "reduction2"), (Shape{16, 16, 256}));
  EXPECT_EQ(shape_of(graph, "reduction3"), (Shape{8, 8, 512}));
  for (const char* cell : {"0", "1", "2", "3", "4", "5"}) {
    EXPECT_EQ(shape_of(graph, std::string("stage1.") + cell), (Shape{32, 32, 192}));
    EXPECT_EQ(shape_of(graph, std::string("stage2.") + cell), (Shape{16, 16, 384}));
    EXPECT_EQ(shape_of(graph, std::string("stage3.") + cell), (Shape{8, 8, 768}));
  }
}

// Two convolutions a separable one, each k^2 f + f^2 weights and 2 f of batch norm; kernels 5, 3,
// 5, 3, 3, so that the squares sum to 77.
constexpr std::int64_t separables_of_a_normal_cell(std::int64_t f) {
  return 2 * (77 * f + 5 * (f * f + 2 * f));
}

TEST(Nasnet, ParametersOfANormalCellByHand) {
  const auto graph = model("nasnet_a_cifar");
  EXPECT_EQ(parameters_of(graph, "stage1.2."),
            separables_of_a_normal_cell(32) + 2 * (192 * 32 + 2 * 32));
  // The cell before the reduction is read at twice the resolution, by two paths of 32.
  EXPECT_EQ(parameters_of(graph, "stage2.0."),
            separables_of_a_normal_cell(64) + 256 * 64 + 2 * 64 + 2 * (192 * 32 + 2 * 32));
}

// The first cell reads the stem's 96 channels as they are: its three separable convolutions of them
// begin with 96, and both pools, the sum's other side and the output are fitted.
TEST(Nasnet, ParametersOfTheFirstCellByHand) {
  const auto graph = model("nasnet_a_cifar");
  const std::int64_t f = 32, more = 96 - f;
  const std::int64_t separables =
      separables_of_a_normal_cell(f) + (3 * 3 + 5 * 5 + 3 * 3) * more + 3 * more * f;
  EXPECT_EQ(parameters_of(graph, "stage1.0."), separables + 5 * (96 * f + 2 * f));
}

// Kernels 5, 7, 7, 5, 3.
TEST(Nasnet, ParametersOfAReductionCellByHand) {
  const auto graph = model("nasnet_a_mobile");
  const std::int64_t f = 88;
  EXPECT_EQ(parameters_of(graph, "reduction2."),
            2 * (157 * f + 5 * (f * f + 2 * f)) + 2 * (264 * f + 2 * f));
}

// Zoph et al. 2018, figure 4.
TEST(Nasnet, CellsJoinWhatNoBlockReads) {
  const auto graph = model("nasnet_a_mobile");
  const auto inputs = [&](const std::string& name) {
    std::vector<std::string> names;
    for (const int input : graph.node(graph.find(name)).inputs)
      names.push_back(graph.node(input).name);
    return names;
  };
  EXPECT_THAT(inputs("stage1.1"),
              ElementsAre("stage1.1.before.bn", "stage1.1.block0", "stage1.1.block1",
                          "stage1.1.block2", "stage1.1.block3", "stage1.1.block4"));
  EXPECT_THAT(inputs("reduction2"), ElementsAre("reduction2.block1", "reduction2.block2",
                                                "reduction2.block3", "reduction2.block4"));
  EXPECT_THAT(inputs("stage1.1.block4"),
              ElementsAre("stage1.1.block4.left.second.bn", "stage1.1.current.bn"));
}

Graph renamed(const Graph& graph) {
  auto nodes = graph.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) nodes[i].name = "n" + std::to_string(i);
  return Graph(graph.input_shape(), std::move(nodes));
}

TEST(Nasnet, HashIsThatOfTheStructure) {
  const NasnetSize size = {.repeats = 1, .filters = 4};
  const auto graph = nasnet_a({16, 16, 3}, 10, size);
  EXPECT_EQ(canonical_hash(graph), canonical_hash(renamed(graph)));
  auto nodes = graph.nodes();
  const int pool = graph.find("reduction2.block1.left");
  nodes[static_cast<std::size_t>(pool)].op.kind = OpKind::average_pool;
  EXPECT_NE(canonical_hash(graph), canonical_hash(Graph({16, 16, 3}, std::move(nodes))));
}

// 1 pixel at the end of the mobile network; sides that halve unevenly.
TEST(Nasnet, TakesSmallAndOddImages) {
  for (const char* name : {"nasnet_a_mobile", "nasnet_a_cifar"})
    for (const Shape input : {Shape{8, 8, 1}, Shape{29, 37, 3}})
      EXPECT_EQ(model(name, {.input = input, .classes = 7}).classes(), 7) << name;
}

}  // namespace
}  // namespace citrine
