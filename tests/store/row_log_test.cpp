#include "store/row_log.h"

#include <fstream>

#include <gmock/gmock.h>

#include "small_disk.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using RowLogTest = StoreTest;

const RowLogBinding kBinding{.network_fingerprint = "0123456789abcdef",
                             .settings = {{"seed", 1}, {"sites", {"product"}}}};

std::span<const Row> rows() {
  static const auto all = sample_campaign().result.rows;
  return all;
}
std::span<const CurvePoint> points() {
  static const auto all = sample_campaign().result.curve;
  return all;
}

// Four blocks: two rows, one row, two points, three rows.
void fill(const std::filesystem::path& path) {
  RowLog log(path, kBinding);
  log.append(rows().first(2));
  log.append(rows().subspan(2, 1));
  log.append(points());
  log.append(rows().subspan(3));
}

// Not synced: thousands of them.
void put(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

template <class T>
bool is_prefix(const std::vector<T>& part, std::span<const T> whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

// Opens the log, which must hold a prefix, and does the rest.
void finish(const std::filesystem::path& path) {
  RowLog log(path, kBinding);
  ASSERT_TRUE(is_prefix(log.rows(), rows()));
  ASSERT_TRUE(is_prefix(log.points(), points()));
  log.append(rows().subspan(log.rows().size()));
  log.append(points().subspan(log.points_done()));
}

void expect_whole(const std::filesystem::path& path) {
  const RowLog log(path, kBinding);
  EXPECT_TRUE(std::ranges::equal(log.rows(), rows()));
  EXPECT_TRUE(std::ranges::equal(log.points(), points()));
}

TEST_F(RowLogTest, KeepsWhatWasAppended) {
  fill(path("log"));
  expect_whole(path("log"));
  RowLog(path("log"), kBinding).remove();
  EXPECT_TRUE(names().empty());
}

TEST_F(RowLogTest, EmptyBlocksAreNone) {
  RowLog log(path("log"), kBinding);
  const auto size = std::filesystem::file_size(path("log"));
  log.append(rows().first(0));
  EXPECT_EQ(std::filesystem::file_size(path("log")), size);
}

TEST_F(RowLogTest, LiesBesideItsResult) {
  EXPECT_EQ(row_log_path("runs/a.h5"), "runs/a.h5.partial");
}

TEST_F(RowLogTest, BelongsToOneCampaign) {
  fill(path("log"));
  auto other = kBinding;
  other.settings["seed"] = 2;
  EXPECT_THAT(error_of([&] { RowLog(path("log"), other); }),
              AllOf(HasSubstr("log belongs to another campaign: "),
                    HasSubstr("settings/seed is 1, here 2; remove it to begin anew")));
  other = kBinding;
  other.network_fingerprint = "fedcba9876543210";
  EXPECT_THAT(error_of([&] { RowLog(path("log"), other); }),
              HasSubstr("network is \"0123456789abcdef\", here \"fedcba9876543210\""));
  other = kBinding;
  other.settings["trials"] = 5;
  EXPECT_THAT(error_of([&] { RowLog(path("log"), other); }),
              HasSubstr("settings/trials is absent, here 5"));
  expect_whole(path("log"));
}

TEST_F(RowLogTest, OtherFilesAreRefused) {
  write_text(path("log"), "id,bit\n1,2\n");
  EXPECT_THAT(error_of([&] { RowLog(path("log"), kBinding); }), HasSubstr("is not a row log"));
  EXPECT_EQ(read_text(path("log")), "id,bit\n1,2\n");
  write_text(path("log"), "citrine row log 2\nmore");
  EXPECT_THAT(error_of([&] { RowLog(path("log"), kBinding); }),
              HasSubstr("is a row log of another version of citrine; remove it to begin anew"));
}

TEST_F(RowLogTest, HasOneWriter) {
  const RowLog log(path("log"), kBinding);
  EXPECT_THAT(error_of([&] { RowLog(path("log"), kBinding); }),
              AllOf(HasSubstr("log"), HasSubstr("in use by another process")));
}

TEST_F(RowLogTest, ContinuesFromEveryTruncation) {
  fill(path("whole"));
  const auto whole = read_text(path("whole"));
  std::size_t most = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    put(path("log"), std::string_view(whole).substr(0, size));
    {
      const RowLog log(path("log"), kBinding);
      ASSERT_GE(log.rows().size(), most) << size;
      most = log.rows().size();
    }
    finish(path("log"));
    expect_whole(path("log"));
  }
  EXPECT_EQ(most, rows().size());
}

TEST_F(RowLogTest, ChangedBytesCostWorkButNeverGiveWrongRows) {
  fill(path("whole"));
  const auto whole = read_text(path("whole"));
  int continued = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1 << i % 8);
    put(path("log"), changed);
    try {
      finish(path("log"));
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("log"));
      EXPECT_EQ(read_text(path("log")), changed);
      continue;
    }
    ++continued;
    expect_whole(path("log"));
  }
  EXPECT_GT(continued, 200);
}

// Blocks are bound to what is before them: one cannot stand in another's place.
TEST_F(RowLogTest, BlocksCannotBeSwapped) {
  const auto append = [&](const std::string& name, std::initializer_list<int> order) {
    RowLog log(path(name), kBinding);
    for (const int i : order) log.append(rows().subspan(static_cast<std::size_t>(i), 1));
  };
  append("none", {});
  append("a", {0});
  append("ab", {0, 1});
  const auto none = read_text(path("none")), a = read_text(path("a")), ab = read_text(path("ab"));
  write_text(path("log"), none + ab.substr(a.size()));
  EXPECT_EQ(RowLog(path("log"), kBinding).rows().size(), 0U);
}

TEST_F(RowLogTest, AFullDiskLeavesTheLogAsItWas) {
  RowLog log(path("log"), kBinding);
  log.append(rows().first(2));
  const auto size = std::filesystem::file_size(path("log"));
  const auto message = error_of([&] {
    const SmallDisk disk(size + 10);
    log.append(rows().subspan(2));
  });
  EXPECT_THAT(message, AllOf(HasSubstr("cannot write"), HasSubstr("log")));
  EXPECT_EQ(std::filesystem::file_size(path("log")), size);
  log.append(rows().subspan(2));
  EXPECT_TRUE(std::ranges::equal(log.rows(), rows()));
}

// More rows than a block holds.
TEST_F(RowLogTest, LongAppendsAreCutIntoBlocks) {
  std::vector<Row> many(150000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].image = static_cast<std::uint32_t>(i);
  RowLog(path("log"), kBinding).append(many);
  EXPECT_EQ(RowLog(path("log"), kBinding).rows(), many);
}

// Of two rows of 40000 faults one is in each block.
TEST_F(RowLogTest, RowsKeepTheirFurtherFaults) {
  std::vector<Row> several(rows().begin(), rows().end());
  for (std::size_t i = 0; i < several.size(); ++i)
    several[i].further.assign(i % 3, rows()[i].fault);
  several[1].further[0].bit = 7;
  several[4].further.assign(39999, several[4].fault);
  several[5].further.assign(kMostFaults - 1, several[4].fault);
  {
    RowLog log(path("log"), kBinding);
    log.append(several);
    EXPECT_EQ(log.rows().size(), 6U);
  }
  EXPECT_EQ(RowLog(path("log"), kBinding).rows(), several);
  // A cut costs whole blocks, so no row loses a fault.
  const auto whole = read_text(path("log"));
  put(path("log"), std::string_view(whole).substr(0, whole.size() - 1));
  EXPECT_EQ(RowLog(path("log"), kBinding).rows(),
            std::vector<Row>(several.begin(), several.begin() + 5));
}

}  // namespace
}  // namespace citrine::testing
