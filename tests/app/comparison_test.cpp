// Campaigns on several networks, and what they differ by.
#include <filesystem>
#include <memory>
#include <utility>

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

class ComparisonTest : public ProgramTest {
 protected:
  // a and b differ in their calibration alone, c in its formats, gray in its images.
  static void SetUpTestSuite() {
    shared = std::make_unique<WorkFolder>();
    make_networks();
    const auto quantize = [](const char* out, const char* images, const char* scheme) {
      succeed({"quantize", "net.h5", "--data", "images.bin", "--images", images, "--scheme", scheme,
               "--out", out});
    };
    quantize("a.h5", "16", "linear8");
    quantize("b.h5", "3", "linear8");
    quantize("c.h5", "16", "linear4");
  }
  static Words inject(Words nets, const std::string& out, const Words& more = {}) {
    nets.insert(nets.begin(), "inject");
    for (const char* word :
         {"--data", "images.bin", "--images", "6", "--trials", "300", "--sites",
          "output_register,weight_memory", "--rates", "1e-4:1e-2:3", "--curve-seeds", "4", "--out"})
      nets.emplace_back(word);
    nets.push_back(out);
    nets.insert(nets.end(), more.begin(), more.end());
    return nets;
  }
  static Json compare(Words campaigns, const Words& more = {"--format", "json"}) {
    campaigns.insert(campaigns.begin(), "compare");
    campaigns.insert(campaigns.end(), more.begin(), more.end());
    return Json::parse(succeed(campaigns));
  }
};

TEST_F(ComparisonTest, ACampaignIsThatOfItsNetworkAlone) {
  const auto json =
      Json::parse(succeed(inject({"a.h5", "b.h5", "c.h5"}, "all", {"--format", "json"})));
  for (const std::string name : {"a.h5", "b.h5", "c.h5"}) {
    succeed(inject({name}, "alone_" + name));
    EXPECT_EQ(read_bytes(folder / ("all/" + name)), read_bytes(folder / ("alone_" + name))) << name;
    EXPECT_FALSE(fs::exists(folder / ("all/" + name + ".partial")));
  }
  EXPECT_EQ(json.at("networks").size(), 3U);
  EXPECT_EQ(json.at("networks").at(2).at("name"), "c");
  ASSERT_EQ(json.at("differences").size(), 3U);
  const auto later = compare({"all/a.h5", "all/b.h5", "all/c.h5"});
  for (const char* part : {"sites", "curve", "rise_ratios"})
    EXPECT_EQ(json.at("differences").at(1).at(part), later.at("differences").at(1).at(part));
}

// Sites of one shape and format share each row, as the output registers of all three; others share
// the images.
TEST_F(ComparisonTest, SaysWhatIsPaired) {
  succeed(inject({"a.h5", "b.h5", "c.h5"}, "paired"));
  const auto a = read_campaign(folder / "paired/a.h5").result;
  const auto b = read_campaign(folder / "paired/b.h5").result;
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    EXPECT_EQ(a.rows[i].fault, b.rows[i].fault);
    EXPECT_EQ(a.rows[i].image, b.rows[i].image);
  }
  for (std::size_t i = 0; i < a.curve.size(); ++i) EXPECT_EQ(a.curve[i].faults, b.curve[i].faults);
  const auto json = compare({"paired/a.h5", "paired/b.h5", "paired/c.h5"});
  for (const auto& pair : json.at("differences")) {
    const bool is_alike = pair.at("second") == "paired/b.h5";
    for (const auto& site : pair.at("sites"))
      EXPECT_EQ(site.at("pairing"),
                is_alike || site.at("site") == "output_register" ? "row" : "image")
          << pair.dump();
    EXPECT_EQ(pair.at("curve").size(), 2U * 3);
    EXPECT_EQ(pair.at("rise_ratios").size(), 2U * 3);
  }
}

TEST_F(ComparisonTest, TheSameNetworkTwiceDiffersByNothing) {
  const auto json = Json::parse(succeed(inject({"a.h5", "a.h5"}, "twice", {"--format", "json"})));
  EXPECT_EQ(json.at("networks").at(1).at("name"), "a_2");
  EXPECT_EQ(read_bytes(folder / "twice/a.h5"), read_bytes(folder / "twice/a_2.h5"));
  const auto& pair = json.at("differences").at(0);
  for (const auto& site : pair.at("sites")) EXPECT_EQ(site.at("difference"), 0);
  for (const auto& point : pair.at("curve")) {
    EXPECT_EQ(point.at("difference"), 0);
    EXPECT_EQ(point.at("interval"), Json({0.0, 0.0}));
  }
  for (const auto& ratio : pair.at("rise_ratios")) {
    EXPECT_TRUE(ratio.at("ratio").is_null() || ratio.at("ratio") == 1) << ratio.dump();
  }
}

TEST_F(ComparisonTest, TheOrderTurnsTheSigns) {
  succeed(inject({"a.h5", "c.h5"}, "order"));
  const auto forth = compare({"order/a.h5", "order/c.h5"}).at("differences").at(0);
  const auto back = compare({"order/c.h5", "order/a.h5"}).at("differences").at(0);
  for (const char* part : {"sites", "curve"})
    for (std::size_t i = 0; i < forth.at(part).size(); ++i) {
      const auto &a = forth.at(part).at(i), &b = back.at(part).at(i);
      EXPECT_EQ(a.at("difference").get<double>(), -b.at("difference").get<double>());
      EXPECT_NEAR(a.at("interval").at(0).get<double>(), -b.at("interval").at(1).get<double>(),
                  1e-12);
    }
}

TEST_F(ComparisonTest, ContinuesWhereItWasKilled) {
  succeed(inject({"a.h5", "c.h5"}, "killed"));
  const auto expected = read_bytes(folder / "killed/c.h5");
  const auto first = fs::last_write_time(folder / "killed/a.h5");
  fs::remove(folder / "killed/c.h5");
  succeed(inject({"a.h5", "c.h5"}, "killed"));
  EXPECT_EQ(read_bytes(folder / "killed/c.h5"), expected);
  EXPECT_EQ(fs::last_write_time(folder / "killed/a.h5"), first);
  expect_refused(inject({"a.h5", "c.h5"}, "killed", {"--seed", "1"}), "killed/a.h5 exists");
}

// Before the campaign of the first.
TEST_F(ComparisonTest, NoFileMayBeOfAnotherCommand) {
  succeed(inject({"c.h5"}, "c_alone.h5", {"--seed", "1"}));
  fs::create_directory(folder / "taken");
  fs::rename(folder / "c_alone.h5", folder / "taken/c.h5");
  expect_refused(inject({"a.h5", "c.h5"}, "taken"), "taken/c.h5 exists, of another command");
  fs::remove(folder / "taken/c.h5");
  fs::create_directory(folder / "taken/c.h5");
  expect_refused(inject({"a.h5", "c.h5"}, "taken"), "taken/c.h5: a result must be a file");
  fs::remove(folder / "taken/c.h5");
  succeed(inject({"c.h5"}, "taken/c.h5", {"--seed", "1", "--until-time", "1e-6"}));
  expect_refused(inject({"a.h5", "c.h5"}, "taken", {"--overwrite"}),
                 "taken/c.h5.partial belongs to another campaign");
  EXPECT_FALSE(fs::exists(folder / "taken/a.h5"));
}

TEST_F(ComparisonTest, WhatTheTimeCutsShortIsNotCompared) {
  const auto finished =
      run(folder.path(), inject({"a.h5", "b.h5"}, "timed", {"--until-time", "1e-6"}));
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err, HasSubstr("before the campaigns of all 2 networks are whole"));
  EXPECT_TRUE(read_origin(folder / "timed/a.h5").record.at("unfinished"));
  EXPECT_FALSE(fs::exists(folder / "timed/b.h5"));
}

// One that goes on for ever would leave no time to the next.
TEST_F(ComparisonTest, CampaignsHaveAnEnd) {
  const auto timed = [](const Words& more) {
    Words words = {"inject", "a.h5",    "b.h5",    "--data",       "images.bin", "--images",
                   "6",      "--sites", "product", "--until-time", "1e-6",       "--out"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refused(timed({"endless"}), "'until-time' needs trials or until-failures or until-width");
  EXPECT_FALSE(fs::exists(folder / "endless"));
  succeed(timed({"failures", "--until-failures", "1"}));
  succeed(timed({"of_layers", "--sampling", "layers"}));
}

TEST_F(ComparisonTest, ContinuesWhenTheTimeWasUp) {
  const auto timed = inject({"a.h5", "c.h5"}, "short", {"--until-time", "1"});
  std::string table;
  for (int command = 0; command < 50 && table.empty(); ++command) table = succeed(timed);
  EXPECT_THAT(table, HasSubstr("c less a"));
  for (const char* name : {"short/a.h5", "short/c.h5"})
    EXPECT_FALSE(read_origin(folder / name).record.contains("unfinished")) << name;
}

TEST_F(ComparisonTest, PrintsATable) {
  const auto table = succeed(inject({"a.h5", "c.h5"}, "table"));
  EXPECT_THAT(table, HasSubstr("c less a, percentage points\noutput_register    SDC "));
  EXPECT_THAT(table, HasSubstr("weight_memory      error at 0.001 "));
  EXPECT_THAT(table, HasSubstr("bit error rate of a rise by 1 point: "));
  EXPECT_THAT(table, HasSubstr("paired by image"));
}

TEST_F(ComparisonTest, TellsTheRisesThatAreAskedFor) {
  const auto json =
      Json::parse(succeed(inject({"a.h5"}, "rises.h5", {"--rise", "0.2,0.3", "--format", "json"})));
  EXPECT_EQ(json.at("rise_rates").size(), 2U * 2);
  EXPECT_EQ(json.at("rise_rates").at(1).at("rise"), 0.3);
  EXPECT_EQ(json.at("curve").size(), 2U * 3);
  EXPECT_EQ(json.at("curve").at(0).at("seeds"), 4);
  succeed({"report", "rises.h5", "--out", "page"});
  EXPECT_THAT(read_bytes(folder / "page/index.html"), HasSubstr("rate of a rise"));
}

TEST_F(ComparisonTest, RefusesWhatCannotBeCompared) {
  succeed(inject({"a.h5"}, "six.h5"));
  succeed(inject({"a.h5"}, "seed.h5", {"--seed", "1"}));
  expect_refused({"compare", "six.h5", "seed.h5"}, "seed is 1 here and 0 there");
  expect_refused({"compare", "six.h5"}, "needs CAMPAIGN", 2);
  expect_refused({"compare", "six.h5", "a.h5"}, "a.h5");
  expect_refused(inject({"a.h5", "c.h5"}, "o", {"--only", "3"}), "'only' takes one network, got 2");
  expect_refused(inject({"a.h5", "c.h5"}, "o", {"--plan"}), "'plan' takes one network");
  expect_refused(inject({"a.h5", "net.h5"}, "o"), "net.h5 is not an integer network");
  expect_refused(inject({"a.h5", "c.h5"}, "six.h5"), "six.h5 must be a folder");
  expect_refused(inject({"a.h5", "c.h5"}, "."), "a.h5 lies where a campaign would be written");
  expect_refused(inject({"a.h5"}, "o", {"--rise", "0"}), "'rise' must lie between", 2);
  expect_refused(inject({"a.h5"}, "o", {"--rise", "1.5"}), "'rise' must lie between", 2);
  EXPECT_FALSE(fs::exists(folder / "o"));
}

TEST_F(ComparisonTest, SharesMustBeOfTheSameFaults) {
  for (const std::string sampling : {"bits", "stratified", "macs", "layers"})
    succeed(inject({"a.h5"}, sampling + ".h5", {"--sampling", sampling}));
  expect_refused({"compare", "bits.h5", "layers.h5"},
                 "must estimate the same share: layers.h5 samples layers, bits.h5 bits");
  expect_refused({"compare", "macs.h5", "stratified.h5"}, "stratified.h5 samples stratified");
  EXPECT_THAT(succeed({"compare", "bits.h5", "stratified.h5"}),
              AllOf(HasSubstr("\nbits.h5: share of the site's faults"),
                    HasSubstr("\nstratified.h5: share of the site's faults")));
  EXPECT_THAT(succeed({"compare", "bits.h5", "bits.h5"}), Not(HasSubstr("bits.h5: share")));
}

// Before the campaign of the first.
TEST_F(ComparisonTest, EachNetworkMustHaveTheFaults) {
  auto file = read_integer_network(folder / "a.h5");
  const auto name = std::exchange(file.network.layers.at(1).name, "other");
  write_integer_network(folder / "renamed.h5", file);
  expect_refused(inject({"a.h5", "renamed.h5"}, "o", {"--layers", name}), "citrine: renamed.h5: ");
  EXPECT_FALSE(fs::exists(folder / "o"));
}

TEST_F(ComparisonTest, RefusesNetworksOfOtherImagesOrClasses) {
  const auto change = [&](const char* out, const auto& edit) {
    auto file = read_integer_network(folder / "a.h5");
    edit(file.network);
    write_integer_network(folder / out, file);
  };
  change("classes.h5", [](IntegerNetwork& network) {
    auto& last = network.layers.back();
    last.convolution.filters = last.channels = 3;
    last.weights.resize(3 * last.weights.size() / 10);
    last.bias.resize(3);
    last.scales.resize(std::min<std::size_t>(last.scales.size(), 3));
  });
  expect_refused(inject({"a.h5", "classes.h5"}, "o"),
                 "must tell the same classes apart: classes.h5 has 3, a.h5 10");
}

}  // namespace
}  // namespace citrine::testing
