// The least transfer beside what other programs' mappers find; docs/figures.md says why they
// differ.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "objectives/golden_group.h"
#include "objectives/schedule.h"

namespace citrine {
namespace {

using testing::golden_table;
using testing::GoldenRow;

std::int64_t own_bytes(const GoldenRow& row) {
  Accelerator accelerator;
  accelerator.buffer_bytes = row.integer("buffer_bytes");
  return least_traffic(testing::golden_group(row), accelerator).traffic.total() / 8;
}

std::int64_t least_of_searches(const GoldenRow& row) {
  std::int64_t least = row.integer("loma6");
  for (const char* search : {"loma7", "salsa"})
    if (!row.text(search).empty()) least = std::min(least, row.integer(search));
  return least;
}

TEST(OtherMappers, AgreeOnWhatMovesWhereAllFits) {
  int rows = 0;
  for (const auto& row : golden_table("zigzag_transfer.csv")) {
    EXPECT_GE(own_bytes(row), row.integer("compulsory")) << row.text("layer");
    if (row.integer("buffer_bytes") != 65536) continue;
    EXPECT_EQ(own_bytes(row), row.integer("compulsory")) << row.text("layer");
    EXPECT_EQ(least_of_searches(row), row.integer("compulsory")) << row.text("layer");
    ++rows;
  }
  EXPECT_EQ(rows, 7);
}

// They may keep one operand whole while tiles of another pass, and rows that two windows share.
TEST(OtherMappers, MoveAtMostAThirdLess) {
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> found;
  const auto note = [&](const GoldenRow& row, std::int64_t bytes) {
    const auto known = found.try_emplace({row.text("layer"), row.integer("buffer_bytes")}, bytes);
    known.first->second = std::min(known.first->second, bytes);
  };
  for (const auto& row : golden_table("zigzag_transfer.csv")) note(row, least_of_searches(row));
  for (const auto& row : golden_table("accelforge_transfer.csv"))
    note(row, row.integer("input") + row.integer("weights") + row.integer("output"));
  for (const auto& row : golden_table("zigzag_transfer.csv")) {
    const auto least = found.at({row.text("layer"), row.integer("buffer_bytes")});
    EXPECT_LE(2 * own_bytes(row), 3 * least)
        << row.text("layer") << ", " << row.text("buffer_bytes");
  }
}

}  // namespace
}  // namespace citrine
