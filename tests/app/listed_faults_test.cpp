// Campaigns of a list of faults, and of several faults a trial, through the program.
#include <algorithm>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/program_fixture.h"
#include "store/files.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

// As many lines as faults, in the order of the rows.
void write_list(const fs::path& path, std::span<const Row> rows) {
  std::ofstream file(path);
  file << "trial,site,layer,element,step,bit,width,effect,value,image\n";
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const auto& fault : rows[i].faults())
      file << i << ',' << name_of(fault.site) << ',' << fault.layer << ',' << fault.element << ','
           << fault.step << ',' << fault.bit << ',' << fault.width << ',' << name_of(fault.effect)
           << ',' << fault.value << ',' << rows[i].image << '\n';
}

class ListedFaultsTest : public ProgramTest {
 protected:
  static void SetUpTestSuite() {
    shared = std::make_unique<WorkFolder>();
    make_integer_network(*shared);
  }
  Words listed(const std::string& list) const { return kInject + Words{"--faults", list}; }
  std::vector<Row> rows_of(const std::string& name) const {
    return read_campaign(folder / name).result.rows;
  }
  // Of three shards, merged in another order.
  void expect_merged(const Words& inject, const std::string& name) const {
    Words merge = {"merge", "--out", "merged.h5", "--overwrite"};
    for (const std::string shard : {"2", "3", "1"}) {
      succeed(inject + Words{"--shard", shard + "/3", "--out", name + shard + ".h5"});
      merge.push_back(name + shard + ".h5");
    }
    succeed(merge);
    EXPECT_TRUE(read_bytes(folder / "merged.h5") == read_bytes(folder / (name + ".h5"))) << name;
  }

  const Words kInject = {"inject", "i.h5", "--data", "images.bin", "--images", "4"};
};

TEST_F(ListedFaultsTest, ACampaignsOwnRowsGiveTheirOutcomes) {
  for (const std::string faults : {"1", "3"}) {
    const Words how = {"--trials",           "20",           "--effect",
                       "random_value",       "--fault-bits", "2",
                       "--faults-per-trial", faults,         "--overwrite"};
    succeed(kInject + how + Words{"--out", "drawn.h5"});
    auto rows = rows_of("drawn.h5");
    std::ranges::reverse(rows);
    write_list(folder / "own.csv", rows);
    succeed(listed("own.csv") + Words{"--out", "own.h5", "--overwrite"});
    EXPECT_EQ(rows_of("own.h5"), rows);
    EXPECT_EQ(rows.front().further.size() + 1, std::stoul(faults));
  }
}

TEST_F(ListedFaultsTest, ACampaignsFileIsAList) {
  succeed(kInject + Words{"--trials", "20", "--out", "first.h5"});
  succeed(listed("first.h5") + Words{"--out", "again.h5"});
  EXPECT_EQ(rows_of("again.h5"), rows_of("first.h5"));
}

TEST_F(ListedFaultsTest, NoIntervalIsTold) {
  std::ofstream(folder / "two.csv") << "site,layer,element,step,bit\n"
                                       "product,stem,0,0,15\nweight_memory,classes,3,,7\n";
  const auto inject = listed("two.csv") + Words{"--overwrite", "--out", "two.h5"};
  const auto json = Json::parse(succeed(inject + Words{"--format", "json"}));
  EXPECT_EQ(json.at("sampling"), "list");
  EXPECT_THAT(json.at("estimator").get<std::string>(), HasSubstr("no random sample"));
  EXPECT_FALSE(json.contains("images_estimator"));
  ASSERT_EQ(json.at("sites").size(), 2U);
  for (const auto& site : json.at("sites")) {
    EXPECT_EQ(site.at("trials"), 4);
    EXPECT_EQ(site.at("sdc_share"), site.at("sdc").get<double>() / 4);
    for (const auto* name :
         {"sdc_interval", "sdc_images_interval", "sdc5_interval", "right_sdc_interval"})
      EXPECT_FALSE(site.contains(name)) << name;
  }
  EXPECT_THAT(succeed(inject), AllOf(HasSubstr("4 trials SDC"), Not(HasSubstr(" to ")),
                                     Not(HasSubstr("images like these"))));
  const auto summary = read_campaign_summary(folder / "two.h5");
  for (const auto& site : summary.sites) {
    EXPECT_EQ(site.population, 0U);
    EXPECT_FALSE(site.sum[OutcomeKind::sdc].interval.is_known());
    EXPECT_FALSE(site.sum[OutcomeKind::sdc].images_interval.is_known());
    EXPECT_FALSE(site.right_sdc_interval.is_known());
  }
  EXPECT_FALSE(summary.origin.config.contains("sampling"));
  succeed({"report", "two.h5", "--out", "page", "--overwrite"});
  const auto page = read_bytes(folder / "page/index.html");
  EXPECT_THAT(page, HasSubstr("no random sample"));
  // The accuracy before has one.
  EXPECT_THAT(page.substr(page.find("<th>fault site")), Not(HasSubstr("<small>[")));
  EXPECT_THAT(page, Not(HasSubstr("Korn")));
  EXPECT_THAT(page, Not(HasSubstr("ntervals beside shares")));
}

// Several faults of a channel that fail do not make it one that is likely to.
TEST_F(ListedFaultsTest, NoChannelIsCalledLikelyToFail) {
  succeed(kInject +
          Words{"--trials", "1000", "--sites", "bias_memory,accumulator", "--out", "chosen.h5"});
  const auto inject = listed("chosen.h5");
  const auto table = succeed(inject + Words{"--out", "listed.h5"});
  EXPECT_THAT(table, AllOf(HasSubstr("1000 trials SDC"), Not(HasSubstr("most likely"))));
  expect_merged(inject, "listed");
  const auto again = Json::parse(
      succeed(inject + Words{"--out", "listed.h5", "--overwrite"} + Words{"--format", "json"}));
  const auto& channels = again.at("groups").at("channel");
  EXPECT_TRUE(std::ranges::any_of(channels, [](auto& channel) { return channel.at("sdc") > 1; }));
  succeed({"report", "listed.h5", "--out", "channels"});
  EXPECT_THAT(read_bytes(folder / "channels/index.html"), Not(HasSubstr("most likely")));
}

TEST_F(ListedFaultsTest, ShardsAreMerged) {
  std::ofstream list(folder / "mixed.csv");
  list << "trial,site,layer,element,bit\n";
  for (int i = 0; i < 25; ++i)
    list << i / 3 << ',' << (i / 3 % 2 == 0 ? "bias_memory,1,0," : "weight_memory,1,5,") << i % 8
         << '\n';
  list.close();
  const auto inject = listed("mixed.csv");
  succeed(inject + Words{"--out", "mixed.h5"});
  EXPECT_EQ(rows_of("mixed.h5").size(), 9U * 4);
  expect_merged(inject, "mixed");
  const Words together = kInject + Words{"--faults-per-trial", "2", "--trials", "20"};
  succeed(together + Words{"--out", "together.h5"});
  expect_merged(together, "together");
}

TEST_F(ListedFaultsTest, RowsAreReplayedAndExplained) {
  std::ofstream(folder / "one.csv") << "site,layer,element,step,bit,image\n"
                                       "accumulator,stem,8,2,11,2\naccumulator,stem,8,2,12,1\n";
  succeed(listed("one.csv") + Words{"--out", "one.h5"});
  const auto rows = rows_of("one.h5");
  const auto json =
      Json::parse(succeed(listed("one.csv") + Words{"--only", "1", "--format", "json"}));
  EXPECT_EQ(json.at("bit"), 12);
  EXPECT_EQ(json.at("image"), 1);
  EXPECT_EQ(json.at("outcome"), name_of(rows[1].outcome.kind));
  const auto told =
      Json::parse(succeed({"explain", "one.h5", "1", "--network", "i.h5", "--format", "json"}));
  EXPECT_EQ(told.at("fault").at("bit"), 12);
  EXPECT_EQ(told.at("outcome"), name_of(rows[1].outcome.kind));
}

TEST_F(ListedFaultsTest, TrialsOfSeveralFaultsAreExplained) {
  succeed(kInject + Words{"--trials", "4", "--faults-per-trial", "3", "--sites",
                          "accumulator,weight_memory", "--out", "three.h5"});
  const auto rows = rows_of("three.h5");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Words words = {"explain", "three.h5", std::to_string(i), "--network", "i.h5"};
    const auto json = Json::parse(succeed(words + Words{"--format", "json"}));
    EXPECT_EQ(json.at("outcome"), name_of(rows[i].outcome.kind));
    EXPECT_EQ(json.at("fault").at("bit"), rows[i].fault.bit);
    ASSERT_EQ(json.at("further_faults").size(), 2U);
    for (std::size_t j = 0; j < 2; ++j) {
      const auto& further = json.at("further_faults").at(j);
      EXPECT_EQ(further.at("fault").at("bit"), rows[i].further[j].bit);
      EXPECT_FALSE(further.at("registers").empty());
    }
    const auto text = succeed(words);
    EXPECT_THAT(text, HasSubstr("faults    3 in one inference"));
    std::size_t told = 0;
    for (auto at = text.find("\nfault  "); at != std::string::npos;
         at = text.find("\nfault  ", at + 1))
      ++told;
    EXPECT_EQ(told, 3U);
  }
}

TEST_F(ListedFaultsTest, OptionsThatDrawAreRefused) {
  std::ofstream(folder / "fine.csv") << "site,layer,element,bit\nbias_memory,1,0,3\n";
  for (const Words& how : {Words{"--trials", "5"},
                           {"--sites", "product"},
                           {"--layers", "stem"},
                           {"--sampling", "bits"},
                           {"--permanent"},
                           {"--faults-per-trial", "2"},
                           {"--fault-bits", "2"},
                           {"--until-failures", "3"},
                           {"--exhaustive"},
                           {"--rates", "1e-3"},
                           {"--plan"}})
    EXPECT_THAT(fail(listed("fine.csv") + how + Words{"--out", "refused.h5"}),
                HasSubstr("options 'faults' and '" + how[0].substr(2) + "' cannot be given"));
  EXPECT_THAT(fail({"inject", "i.h5", "i.h5", "--data", "images.bin", "--faults", "fine.csv",
                    "--out", "refused"}),
              HasSubstr("option 'faults' takes one network, got 2"));
  EXPECT_FALSE(fs::exists(folder / "refused.h5"));
}

TEST_F(ListedFaultsTest, ContinuesWhereTheTimeWasUp) {
  std::ofstream list(folder / "long.csv");
  list << "site,layer,element,bit\n";
  for (int i = 0; i < 40; ++i) list << "bias_memory,1," << i % 4 << ',' << i % 32 << '\n';
  list.close();
  succeed(listed("long.csv") + Words{"--out", "long.h5"});
  std::size_t commands = 0;
  do {
    succeed(listed("long.csv") + Words{"--until-time", "1e-6", "--out", "cut.h5"});
    EXPECT_EQ(rows_of("cut.h5").size(), std::min<std::size_t>(160, 16 * ++commands));
  } while (fs::exists(folder / "cut.h5.partial"));
  EXPECT_EQ(commands, 10U);
  EXPECT_EQ(read_bytes(folder / "cut.h5"), read_bytes(folder / "long.h5"));
}

TEST_F(ListedFaultsTest, AnotherListIsAnotherCampaign) {
  const std::string head = "site,layer,element,bit\nbias_memory,1,0,3\n";
  std::ofstream(folder / "x.csv") << head + "bias_memory,1,0,4\n";
  std::ofstream(folder / "y.csv") << head + "bias_memory,1,0,5\n";
  succeed(listed("x.csv") + Words{"--shard", "1/2", "--out", "x1.h5"});
  succeed(listed("y.csv") + Words{"--shard", "2/2", "--out", "y2.h5"});
  EXPECT_THAT(fail({"merge", "x1.h5", "y2.h5", "--out", "refused.h5"}),
              HasSubstr("y2.h5 belongs to another campaign than x1.h5: config/faults is"));
  EXPECT_THAT(fail(listed("y.csv") + Words{"--shard", "1/2", "--out", "x1.h5"}),
              HasSubstr("x1.h5 exists"));
  succeed(listed("x.csv") + Words{"--out", "x.h5"});
  succeed(listed("y.csv") + Words{"--out", "y.h5"});
  EXPECT_THAT(fail({"compare", "x.h5", "y.h5"}), HasSubstr("those of x.h5 are of a list"));
}

TEST_F(ListedFaultsTest, NoInputIsOverwritten) {
  succeed(kInject + Words{"--trials", "5", "--out", "kept.h5"});
  const auto kept = read_bytes(folder / "kept.h5"), network = read_bytes(folder / "i.h5");
  const std::string says = " lies where the result would be written";
  EXPECT_THAT(fail(kInject + Words{"--overwrite", "--out", "./i.h5"}), HasSubstr("i.h5" + says));
  EXPECT_THAT(fail(listed("kept.h5") + Words{"--overwrite", "--out", "kept.h5"}),
              HasSubstr("kept.h5" + says));
  EXPECT_TRUE(read_bytes(folder / "i.h5") == network);
  EXPECT_TRUE(read_bytes(folder / "kept.h5") == kept);
}

TEST_F(ListedFaultsTest, ListsThatAreNoneSaySo) {
  const auto out = Words{"--out", "refused.h5"};
  std::ofstream(folder / "far.csv") << "site,layer,element,bit,image\nbias_memory,1,0,3,4\n";
  EXPECT_THAT(fail(listed("far.csv") + out),
              HasSubstr("far.csv line 2: column 'image' must be below the 4 images used, got 4"));
  EXPECT_THAT(fail(listed("none.csv") + out), HasSubstr("none.csv"));
  succeed(kInject + Words{"--trials", "5", "--faults-per-trial", "2", "--out", "pairs.h5"});
  EXPECT_THAT(fail(listed("pairs.h5") + out), HasSubstr("column 'trial'"));
  fs::resize_file(folder / "pairs.h5", fs::file_size(folder / "pairs.h5") - 10);
  EXPECT_THAT(fail(listed("pairs.h5") + out), HasSubstr("pairs.h5 is truncated"));
  EXPECT_FALSE(fs::exists(folder / "refused.h5"));
}

TEST_F(ListedFaultsTest, SeveralFaultsStopWhenTheyAreKnown) {
  const auto json = Json::parse(
      succeed(kInject + Words{"--faults-per-trial", "3", "--until-width", "0.05", "--sites",
                              "scale_shift", "--format", "json", "--out", "narrow.h5"}));
  const auto& site = json.at("sites").at(0);
  const auto low = site.at("sdc_interval").at(0).get<double>(),
             high = site.at("sdc_interval").at(1).get<double>();
  EXPECT_LE(high - low, 0.05);
  EXPECT_GT(site.at("trials"), site.at("population"));
  EXPECT_THAT(json.at("estimator").get<std::string>(), HasSubstr("a set of 3 distinct faults"));
  EXPECT_EQ(read_origin(folder / "narrow.h5").config.at("faults-per-trial"), 3);
}

TEST_F(ListedFaultsTest, SeveralFaultsAreRefusedWhereTheyCannotBe) {
  const auto out = Words{"--faults-per-trial", "2", "--out", "refused.h5"};
  EXPECT_THAT(fail(kInject + out + Words{"--sampling", "macs"}),
              HasSubstr("several faults per trial need the sampling of bits, got macs"));
  EXPECT_THAT(fail(kInject + Words{"--faults-per-trial", "60000", "--sites", "scale_shift", "--out",
                                   "refused.h5"}),
              HasSubstr("site scale_shift must have at least the 60000 faults of a trial, got 7"));
  EXPECT_THAT(fail(kInject + out + Words{"--exhaustive"}), HasSubstr("'faults-per-trial'"));
}

// One fault a trial is what it was.
TEST_F(ListedFaultsTest, OneFaultIsTheDefault) {
  const Words how = {"--trials", "20", "--out"};
  succeed(kInject + how + Words{"a.h5"});
  succeed(kInject + how + Words{"b.h5", "--faults-per-trial", "1"});
  EXPECT_TRUE(read_bytes(folder / "a.h5") == read_bytes(folder / "b.h5"));
  EXPECT_FALSE(read_origin(folder / "a.h5").config.contains("faults-per-trial"));
}

}  // namespace
}  // namespace citrine::testing
