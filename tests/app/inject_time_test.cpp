// Campaigns that are cut by time, and continued.
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "app/inject_fixture.h"
#include "store/schema.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;

class InjectTimeTest : public InjectTest {
 protected:
  // The first commands run a block of each site, the last ones a point of the curve each.
  void expect_continued(const std::string& name, const Words& words, std::size_t sites) const {
    SCOPED_TRACE(name);
    const auto whole = name + ".whole.h5", cut = name + ".cut.h5";
    succeed(inject(words + Words{"--out", whole}));
    EXPECT_FALSE(fs::exists(folder / (whole + ".partial")));
    const auto rows = read_campaign(folder / whole).result.rows.size();
    auto short_words = words;
    std::erase(short_words, "--until-time");
    std::erase(short_words, "100000");
    int cuts = 0;
    for (std::size_t done = 0;; ++cuts) {
      succeed(inject(short_words + Words{"--until-time", "1e-6", "--out", cut}));
      if (!fs::exists(folder / (cut + ".partial"))) break;
      EXPECT_TRUE(read_origin(folder / cut).record.at("unfinished"));
      const auto now = read_campaign(folder / cut).result.rows.size();
      EXPECT_TRUE(now > done || now == rows);
      EXPECT_GE(now, 16 * sites);
      done = now;
      ASSERT_LT(cuts, 100);
    }
    EXPECT_GT(cuts, 3);
    EXPECT_EQ(read_bytes(folder / cut), read_bytes(folder / whole));
  }
};

// However often the time was up, the result is that of one long command.
TEST_F(InjectTimeTest, ContinuesWhereTheTimeWasUp) {
  const Words words = {"--trials", "60",   "--sites",       "output_register,product",
                       "--rates",  "1e-3", "--curve-seeds", "2"};
  expect_continued("timed", words + Words{"--until-time", "100000"}, 2);
}

// What draws them, or how they count, leaves their number to the settings.
TEST_F(InjectTimeTest, OtherSamplingsContinueWhereTheTimeWasUp) {
  const Words words = {"--sites", "output_register,product", "--trials", "60"};
  for (const Words& how : {Words{"--permanent"},
                           {"--sampling", "layers"},
                           {"--sampling", "macs"},
                           {"--sampling", "stratified", "--pilot", "30"}})
    expect_continued(how.back(), words + how, 2);
}

TEST_F(InjectTimeTest, NoPermanentFaultIsCutWhereTheTimeWasUp) {
  succeed(inject({"--permanent", "--sites", "product", "--until-time", "1e-6", "--out", "cut.h5"},
                 "3"));
  const auto result = read_campaign(folder / "cut.h5").result;
  EXPECT_EQ(result.rows.size(), 18U);
  EXPECT_FALSE(result.is_sequential);
}

// Its rows are in the log, too.
TEST_F(InjectTimeTest, WhatAnOtherVersionCutShortIsReplaced) {
  const Words words = {"--sites",      "product", "--trials", "60",
                       "--until-time", "1e-6",    "--out",    "old.h5"};
  succeed(inject(words));
  auto bytes = read_bytes(folder / "old.h5");
  const auto version = "version: " + std::to_string(kCampaignSchema.version);
  bytes.replace(bytes.find(version), version.size(), "version: 4");
  std::ofstream(folder / "old.h5", std::ios::binary) << bytes;
  const auto refused = run(folder.path(), inject(words));
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, ::testing::EndsWith("got 4: --overwrite replaces it\n"));
  succeed(inject(words + Words{"--overwrite"}));
  EXPECT_GT(read_campaign(folder / "old.h5").result.rows.size(), 16U);
}

// Whole faults, and not fewer than a command runs: 18 trials, each under 3 images.
TEST_F(InjectTimeTest, APlanTellsWhatACommandRuns) {
  for (const Words& kind : {Words{"--permanent"}, Words{"--sampling", "bits"}}) {
    const auto plan = nlohmann::json::parse(succeed(inject(
        Words{"--sites", "product", "--until-time", "1e-6", "--plan", "--format", "json"} + kind,
        "3")));
    EXPECT_EQ(plan.at("sites").at(0).at("trials"), kind.size() == 1 ? 18 : 16);
  }
}

TEST_F(InjectTimeTest, AnExhaustiveCountContinuesWhereTheTimeWasUp) {
  const auto words =
      Words{"--exhaustive", "--sites", "bias_memory", "--layers"} + Words{last_layer()};
  const auto count = [&](const char* seconds, const char* out) {
    succeed(inject(words + Words{"--until-time", seconds, "--out", out}, "3"));
  };
  for (int image = 1; image < 3; ++image) {
    count("1e-6", "timed.h5");
    EXPECT_EQ(read_exhaustive(folder / "timed.h5.partial").result.images(), image);
  }
  count("1e-6", "timed.h5");
  EXPECT_FALSE(fs::exists(folder / "timed.h5.partial"));
  count("100000", "at_once.h5");
  EXPECT_EQ(read_bytes(folder / "timed.h5"), read_bytes(folder / "at_once.h5"));
}

}  // namespace
}  // namespace citrine::testing
