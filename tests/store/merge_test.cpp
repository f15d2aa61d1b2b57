#include "store/merge.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>

#include "store/shard.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Shard, CutsAListWithoutRest) {
  const auto parts = [](std::uint64_t items, std::uint64_t count) {
    std::vector<std::uint64_t> ends;
    for (std::uint64_t i = 0; i < count; ++i) {
      const Shard shard{i, count};
      EXPECT_EQ(shard.begin(items), ends.empty() ? 0 : ends.back());
      ends.push_back(shard.end(items));
    }
    return ends;
  };
  EXPECT_THAT(parts(10, 1), ElementsAre(10));
  EXPECT_THAT(parts(10, 3), ElementsAre(3, 6, 10));
  EXPECT_THAT(parts(2, 5), ElementsAre(0, 0, 1, 1, 2));
  EXPECT_THAT(parts(0, 2), ElementsAre(0, 0));
}

TEST(Shard, HasAName) {
  EXPECT_EQ(shard("2/3"), (Shard{1, 3}));
  EXPECT_EQ(name_of(Shard{1, 3}), "2/3");
  EXPECT_EQ(shard("1000000/1000000"), (Shard{999'999, 1'000'000}));
  for (const auto* text : {"", "x", "1", "/", "1/", "/2", "0/2", "3/2", "-1/2", "1/2/3", "1/2 ",
                           "+1/2", "1.5/2", "1/1000001", "18446744073709551617/2"})
    EXPECT_THAT(error_of([&] { shard(text); }),
                AllOf(HasSubstr("a shard must be I/N"), HasSubstr("'" + std::string(text) + "'")));
}

class MergeTest : public StoreTest {
 protected:
  // The sample's three trials of each site and two points, as the program shares them out.
  fs::path campaign_shard(Shard shard, const std::function<void(CampaignFile&)>& change = {}) {
    auto file = sample_campaign();
    const auto whole = sample_campaign().result;
    file.result.rows.clear();
    file.result.curve.clear();
    for (std::size_t site = 0; site < 2; ++site)
      for (auto trial = shard.begin(3); trial < shard.end(3); ++trial)
        file.result.rows.push_back(whole.rows[3 * site + trial]);
    for (auto point = shard.index; point < 2; point += shard.count)
      file.result.curve.push_back(whole.curve[point]);
    file.origin.record["shard"] = name_of(shard);
    if (change) change(file);
    const auto place = path(std::to_string(number_++) + ".h5");
    write_campaign(place, file);
    return place;
  }
  // The sample's two images.
  fs::path exhaustive_shard(Shard shard, const std::function<void(ExhaustiveFile&)>& change = {}) {
    auto file = sample_exhaustive();
    auto& [labels, classes, counts, criticality, trials] = file.result;
    const bool is_first = shard.begin(2) == 0, is_both = is_first && shard.end(2) == 2;
    if (!is_both) {
      labels = {labels[is_first ? 0 : 1]};
      classes = {classes[is_first ? 0 : 1]};
      counts.erase(counts.begin() + (is_first ? 3 : 0), counts.end() - (is_first ? 0 : 3));
      for (auto& count : counts) count.image = 0;
      criticality[0].sdc = is_first ? std::vector<std::uint64_t>{1, 2, 1, 0, 0, 3}
                                    : std::vector<std::uint64_t>{0, 0, 2, 0, 1, 3};
      trials = is_first ? 10 : 7;
    }
    if (shard.begin(2) == shard.end(2)) file.result = {};
    file.origin.record["shard"] = name_of(shard);
    if (change) change(file);
    const auto place = path(std::to_string(number_++) + ".h5");
    write_exhaustive(place, file);
    return place;
  }
  static std::string error_of_merge(const std::vector<fs::path>& shards) {
    return error_of([&] { merge_campaigns(shards); });
  }

 private:
  int number_ = 0;
};

TEST_F(MergeTest, GivesTheWholeCampaignInAnyOrder) {
  const auto whole = campaign_contents(sample_campaign(), "whole");
  for (std::uint64_t count : {1, 2, 3, 5}) {
    std::vector<fs::path> shards;
    for (std::uint64_t i = 0; i < count; ++i) shards.push_back(campaign_shard({i, count}));
    EXPECT_EQ(campaign_contents(merge_campaigns(shards), "").arrays(), whole.arrays()) << count;
    std::ranges::reverse(shards);
    EXPECT_EQ(campaign_contents(merge_campaigns(shards), "").arrays(), whole.arrays()) << count;
  }
}

TEST_F(MergeTest, GivesAllExhaustiveCounts) {
  const auto whole = exhaustive_contents(sample_exhaustive(), "whole");
  for (std::uint64_t count : {1, 2, 3}) {
    std::vector<fs::path> shards;
    for (auto i = count; i > 0; --i) shards.push_back(exhaustive_shard({i - 1, count}));
    EXPECT_EQ(exhaustive_contents(merge_exhaustive(shards), "").arrays(), whole.arrays()) << count;
  }
}

TEST_F(MergeTest, NeedsEachShardOnce) {
  const auto first = campaign_shard({0, 3}), second = campaign_shard({1, 3}),
             third = campaign_shard({2, 3}), half = campaign_shard({1, 2});
  EXPECT_EQ(error_of_merge({third, first}), "1 of 3 shards are missing, the first is 2/3");
  EXPECT_EQ(error_of_merge({third}), "2 of 3 shards are missing, the first is 1/3");
  EXPECT_EQ(error_of_merge({first, second, third, second}),
            second.string() + " and " + second.string() + " are both shard 2/3");
  EXPECT_THAT(error_of_merge({first, half}),
              AllOf(HasSubstr(half.string() + " is shard 2/2"), HasSubstr("is shard 1/3")));
}

TEST_F(MergeTest, NamesWhatDiffers) {
  const auto first = campaign_shard({0, 2});
  const auto error = [&](const std::function<void(CampaignFile&)>& change) {
    const auto second = campaign_shard({1, 2}, change);
    const auto text = error_of_merge({first, second});
    EXPECT_THAT(text, HasSubstr(second.string() + " belongs to another campaign than " +
                                first.string() + ": "));
    return text;
  };
  EXPECT_THAT(error([](auto& file) { file.origin.config["epochs"] = 3; }),
              HasSubstr("config/epochs is 3, there 2"));
  EXPECT_THAT(error([](auto& file) { file.origin.record["images"] = "ab"; }),
              HasSubstr("record/images is \"ab\", there absent"));
  EXPECT_THAT(error([](auto& file) { file.network_fingerprint = "0123456789abcdef"; }),
              HasSubstr("network is \"0123456789abcdef\", there"));
  EXPECT_THAT(error([](auto& file) { file.origin.seed = 1; }), HasSubstr("origin@seed differs"));
  EXPECT_THAT(error([](auto& file) { file.result.labels[3] = 1; }), HasSubstr("labels differs"));
}

TEST_F(MergeTest, NeedsFinishedShards) {
  const auto first = campaign_shard({0, 2}), second = campaign_shard({1, 2});
  const auto begun =
      campaign_shard({1, 2}, [](auto& file) { file.origin.record["unfinished"] = true; });
  EXPECT_EQ(error_of_merge({first, begun}),
            begun.string() + " is not finished: the command that began it continues it");
  std::ofstream(path("log.h5.partial"));
  EXPECT_THAT(error_of_merge({path("log.h5"), first}), HasSubstr("log.h5 is not finished"));
  EXPECT_THAT(error_of_merge({first, path("none.h5")}), HasSubstr("none.h5: No such file"));
  fs::resize_file(second, fs::file_size(second) - 1);
  EXPECT_THAT(error_of_merge({first, second}), HasSubstr(second.string() + " is truncated"));
  const auto exact = exhaustive_shard({1, 2});
  EXPECT_THAT(error_of_merge({first, exact}), HasSubstr("expected a file of schema 'campaign'"));
}

TEST_F(MergeTest, NeedsTheSameOutputs) {
  const auto first = exhaustive_shard({0, 2});
  const auto second = exhaustive_shard({1, 2}, [](auto& file) {
    file.result.criticality[0].sdc = {6, 0, 0};
    file.shapes[1] = {1, 1, 3};
  });
  EXPECT_THAT(error_of([&] {
                merge_exhaustive(std::vector{first, second});
              }),
              HasSubstr("shapes differs"));
  const auto short_curve = campaign_shard({0, 2}, [](auto& file) { file.result.curve.clear(); });
  EXPECT_THAT(error_of_merge({short_curve, campaign_shard({1, 2})}),
              HasSubstr("must have more of the 1 curve points"));
}

}  // namespace
}  // namespace citrine::testing
