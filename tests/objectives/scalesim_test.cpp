// Cycles against SCALE-Sim's, which reports the last cycle's number, counted from 0.
#include <set>

#include <gtest/gtest.h>

#include "objectives/array_cycles.h"
#include "objectives/golden_group.h"

namespace citrine {
namespace {

using testing::golden_table;
using testing::GoldenRow;

std::int64_t cycles(const ConvolutionGroup& group, const GoldenRow& row) {
  Accelerator accelerator;
  accelerator.rows = static_cast<int>(row.integer("rows"));
  accelerator.columns = static_cast<int>(row.integer("columns"));
  return array_work(group, dataflow(row.text("dataflow")), accelerator).cycles;
}

ConvolutionGroup group_of(const GoldenRow& row) {
  return testing::golden_group(row, static_cast<int>(row.integer("groups")));
}

// It rounds up how often a window fits into what it was given.
ConvolutionGroup as_scalesim_sees(ConvolutionGroup group, const GoldenRow& row) {
  const auto out = [&](const char* side) {
    return static_cast<int>(ceil_divide(row.integer(side) - group.kernel, group.stride) + 1);
  };
  group.out_height = out("given_height");
  group.out_width = out("given_width");
  return group;
}

TEST(ScaleSim, ReportsOneLessThanTheFormula) {
  std::set<std::string> layers;
  std::set<std::pair<std::string, std::int64_t>> arrays;
  int rounded_up = 0;
  for (const auto& row : golden_table("scalesim_cycles.csv")) {
    const auto group = group_of(row);
    const auto seen = as_scalesim_sees(group, row);
    EXPECT_EQ(row.integer("scalesim_cycles"), cycles(seen, row) - 1)
        << row.text("layer") << ", " << row.text("dataflow");
    rounded_up += seen != group;
    layers.insert(row.text("layer"));
    arrays.emplace(row.text("dataflow"), row.integer("rows"));
  }
  EXPECT_GE(layers.size(), 30U);
  EXPECT_EQ(arrays.size(), 3U * 2U);
  EXPECT_GT(rounded_up, 0);
}

// Told of the rows and columns that its windows touch, it sees the layer as it is.
TEST(ScaleSim, SeesEveryLayerWithItsOwnSizeToo) {
  std::set<std::string> all, as_it_is;
  for (const auto& row : golden_table("scalesim_cycles.csv")) {
    const auto group = group_of(row);
    all.insert(row.text("layer"));
    if (as_scalesim_sees(group, row) == group) as_it_is.insert(row.text("layer"));
  }
  EXPECT_EQ(as_it_is, all);
}

}  // namespace
}  // namespace citrine
