// Parameters and multiply-accumulates against other programs' counts on other implementations.
#include <set>

#include <gmock/gmock.h>

#include "golden_table.h"
#include "models/models.h"

namespace citrine {
namespace {

using testing::golden_table;

constexpr const char* kCropping = "pretrainedmodels with cropping";

// ptflops adds one for each bias, and only the last layer has biases.
std::int64_t counted_biases(const testing::GoldenRow& row, const Graph& graph) {
  return row.text("counter") == "ptflops" ? graph.classes() : 0;
}

TEST(ModelCounts, AreThoseOfOtherCounters) {
  std::multiset<std::string> seen;
  for (const auto& row : golden_table("model_counts.csv")) {
    if (row.text("module") == kCropping) continue;
    const auto& name = row.text("model");
    const auto graph = model(name);
    EXPECT_EQ(row.integer("parameters"), count_parameters(graph)) << name;
    EXPECT_EQ(row.integer("macs"), count_macs(graph) + counted_biases(row, graph)) << name;
    seen.insert(name);
  }
  for (const auto& name : model_names()) EXPECT_EQ(seen.count(name), 2U) << name;
}

bool is_padded_in_port(const std::string& name) {
  const bool is_cell = name.starts_with("stem2.") || name.starts_with("reduction2.") ||
                       name.starts_with("reduction3.");
  return is_cell && (name.ends_with(".first") || name.ends_with(".first.depthwise"));
}

// In cells that halve an even side the port computes the first half of each separable convolution
// for one row and one column more, which it then cuts off.
TEST(ModelCounts, OfTheNasnetPortContainWhatItCutsOff) {
  const auto graph = model("nasnet_a_mobile");
  std::int64_t cut = 0;
  for (int i = 1; i < graph.size(); ++i) {
    const auto& [name, op, inputs] = graph.node(i);
    if (!is_padded_in_port(name)) continue;
    const std::int64_t side = graph.shape(i).height;
    cut += (2 * side + 1) * op.kernel * op.kernel * graph.shape(inputs[0]).channels / op.groups *
           op.channels;
  }
  int rows = 0;
  for (const auto& row : golden_table("model_counts.csv")) {
    if (row.text("module") != kCropping) continue;
    EXPECT_EQ(row.integer("macs"), count_macs(graph) + cut + counted_biases(row, graph));
    ++rows;
  }
  EXPECT_EQ(rows, 2);
}

}  // namespace
}  // namespace citrine
