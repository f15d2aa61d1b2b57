// Rows of a campaign explained through the program.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

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
using ::testing::StartsWith;
using Json = nlohmann::json;

class ExplainTest : public ProgramTest {
 protected:
  // One campaign for all tests, which do not change it.
  static void SetUpTestSuite() {
    shared = std::make_unique<WorkFolder>();
    make_networks();
    succeed({"inject", "i.h5", "--data", "images.bin", "--images", "8", "--trials", "100", "--out",
             "c.h5"});
  }
  static std::vector<std::string> explain(const std::string& row,
                                          const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"explain", "c.h5", row, "--network", "i.h5"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static std::vector<Row> rows(const char* file = "c.h5") {
    return read_campaign(*shared / file).result.rows;
  }
  // The first row of each kind that there is.
  template <class KindOf>
  static std::vector<std::size_t> samples(KindOf kind_of) {
    const auto all = rows();
    std::set<decltype(kind_of(all[0]))> kinds;
    std::vector<std::size_t> samples;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (kinds.insert(kind_of(all[i])).second) samples.push_back(i);
    return samples;
  }
};

void expect_recorded(const Json& json, const Row& row) {
  EXPECT_EQ(json.at("image"), row.image);
  EXPECT_EQ(json.at("outcome"), name_of(row.outcome.kind));
  EXPECT_EQ(json.at("faulty_class"), row.outcome.faulty_class);
  EXPECT_EQ(json.at("fault").at("site"), name_of(row.fault.site));
  EXPECT_EQ(json.at("fault").at("bit"), row.fault.bit);
  EXPECT_EQ(json.at("fault").at("width"), row.fault.width);
  EXPECT_EQ(json.at("fault").at("effect"), name_of(row.fault.effect));
  EXPECT_EQ(json.at("fault").contains("array"), is_array(row.fault.site));
  if (is_array(row.fault.site))
    EXPECT_EQ(json.at("fault").at("array").at("element"), row.fault.element);
  else
    EXPECT_EQ(json.at("fault").at("layer").at("index"), row.fault.layer);
  const bool is_masked = row.outcome.kind <= OutcomeKind::masked_later;
  EXPECT_TRUE(!is_masked || !json.at("masked_in").empty());
}

void expect_logits(const Json& json) {
  const auto& logits = json.at("logits");
  EXPECT_EQ(
      json.at("layers").back().at("changed"),
      std::ranges::count_if(logits, [](const auto& logit) { return logit.at("change") != 0.0; }));
  double total = 0;
  for (const auto& logit : logits) total += logit.at("confidence_after").get<double>();
  EXPECT_NEAR(total, 1, 1e-12);
}

void expect_flipped_bit(const Json& json, std::size_t bit) {
  const auto site = std::ranges::find_if(json.at("registers"), [&](const auto& change) {
    return change.at("register") == json.at("fault").at("site");
  });
  ASSERT_NE(site, json.at("registers").end());
  auto expected = site->at("before").at("binary").get<std::string>();
  ASSERT_EQ(expected.size(), json.at("fault").at("bits").get<std::size_t>());
  auto& digit = expected[expected.size() - 1 - bit];
  digit = digit == '0' ? '1' : '0';
  EXPECT_EQ(site->at("after").at("binary"), expected);
  EXPECT_EQ(std::ranges::count(site->at("changed_bits").get<std::string>(), '1'), 1);
}

TEST_F(ExplainTest, ShowsWhatTheRowRecords) {
  const auto all = rows();
  auto indices = samples([](const Row& row) { return row.outcome.kind; });
  std::ranges::copy(samples([](const Row& row) { return row.fault.site; }),
                    std::back_inserter(indices));
  for (const auto index : indices) {
    const auto json = Json::parse(succeed(explain(std::to_string(index), {"--format", "json"})));
    EXPECT_EQ(json.at("row"), index);
    expect_recorded(json, all[index]);
    EXPECT_EQ(json.at("fault").contains("step"), all[index].fault.site <= Site::accumulator);
    expect_logits(json);
    expect_flipped_bit(json, all[index].fault.bit);
  }
}

TEST_F(ExplainTest, TellsTheSameAsText) {
  const auto all = rows();
  for (const auto index : samples([](const Row& row) { return row.fault.site; })) {
    const auto text = succeed(explain(std::to_string(index)));
    EXPECT_THAT(text, StartsWith("row       " + std::to_string(index) + ": "));
    EXPECT_THAT(text, AllOf(HasSubstr("\nfault     " + std::string(name_of(all[index].fault.site))),
                            HasSubstr("\nregister  "), HasSubstr("  the fault\n"), HasSubstr("^"),
                            HasSubstr("golden_class")));
  }
}

// Weights of powers of two have the shift-based element's sites, too.
TEST_F(ExplainTest, ShowsEverySiteAndStuckBits) {
  succeed({"quantize", "net.h5", "--data", "images.bin", "--images", "16", "--scheme", "pot4",
           "--out", "p.h5"});
  succeed({"inject",       "p.h5",  "--data",  "images.bin", "--images",  "8",
           "--trials",     "20",    "--sites", "all",        "--effect",  "stuck_at_1",
           "--fault-bits", "1",     "--array", "3x5",        "--mapping", "weight_stationary",
           "--out",        "all.h5"});
  const auto all = rows("all.h5");
  std::set<Site> sites;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!sites.insert(all[i].fault.site).second) continue;
    const std::vector<std::string> words = {"explain", "all.h5", std::to_string(i), "--network",
                                            "p.h5"};
    const auto text = succeed(words);
    EXPECT_THAT(text, AllOf(HasSubstr(" stuck at 1\n"), HasSubstr("golden_class")));
    EXPECT_EQ(text.find("\nregister  ") == std::string::npos, is_array(all[i].fault.site)) << text;
    EXPECT_EQ(text.find("of 3x5, weight stationary") != std::string::npos,
              is_array(all[i].fault.site))
        << text;
    auto as_json = words;
    as_json.insert(as_json.end(), {"--format", "json"});
    const auto json = Json::parse(succeed(as_json));
    expect_recorded(json, all[i]);
    expect_logits(json);
    EXPECT_TRUE(json.at("fault").at("value").is_null());
    if (all[i].fault.site != Site::array_accumulator) continue;
    auto drawn = words;
    drawn.insert(drawn.end(), {"--picture", "array.svg"});
    succeed(drawn);
    EXPECT_THAT(read_bytes(*shared / "array.svg"), HasSubstr("weight stationary"));
  }
  EXPECT_GE(sites.size(), 16U);  // pot4 scales may have no multipliers
  EXPECT_TRUE(sites.contains(Site::mode_bit) && sites.contains(Site::array_accumulator));
  auto campaign = read_campaign(*shared / "all.h5");
  campaign.origin.config.erase("mapping");
  write_campaign(*shared / "unmapped.h5", campaign);
  expect_refused({"explain", "unmapped.h5", std::to_string(all.size() - 1), "--network", "p.h5"},
                 "option 'mapping'");
}

TEST_F(ExplainTest, DrawsPictures) {
  for (const auto index : samples([](const Row& row) { return row.outcome.kind; })) {
    const auto text =
        succeed(explain(std::to_string(index), {"--picture", "p.svg", "--overwrite"}));
    const bool is_masked = rows()[index].outcome.kind <= OutcomeKind::masked_later;
    const auto svg = read_bytes(*shared / "p.svg");
    EXPECT_THAT(svg, AllOf(StartsWith("<?xml"), HasSubstr("</svg>"),
                           HasSubstr("Row " + std::to_string(index) + ": ")));
    EXPECT_EQ(svg.find("masked here") != std::string::npos,
              text.find("\nmasked in ") != std::string::npos);
    EXPECT_TRUE(!is_masked || text.find("\nmasked in ") != std::string::npos) << text;
  }
  succeed(explain("0", {"--picture", "p.png"}));
  const auto png = read_bytes(*shared / "p.png");
  EXPECT_THAT(png, StartsWith("\x89PNG\r\n\x1a\n"));
  EXPECT_EQ(png.substr(png.size() - 8, 4), "IEND");
  expect_refused(explain("0", {"--picture", "p.png"}), "p.png exists");
  EXPECT_EQ(read_bytes(*shared / "p.png"), png);
  expect_refused(explain("0", {"--picture", "p.jpg"}), "p.jpg");
  expect_refused(explain("0", {"--picture", "none/p.png"}), "no such folder");
}

TEST_F(ExplainTest, FindsImagesThatMoved) {
  const auto here = succeed(explain("3"));
  fs::rename(*shared / "images.bin", *shared / "moved.bin");
  expect_refused(explain("3"), "images.bin");
  EXPECT_EQ(succeed(explain("3", {"--data", "moved.bin"})), here);
  auto pictures = read_bytes(*shared / "moved.bin");
  for (std::size_t i = 5; i < pictures.size(); i += 3073) pictures[i] = '\xff';
  std::ofstream(*shared / "other.bin", std::ios::binary) << pictures;
  expect_refused(explain("3", {"--data", "other.bin"}), "other images");
  fs::rename(*shared / "moved.bin", *shared / "images.bin");
}

TEST_F(ExplainTest, RefusesWhatIsNoRow) {
  expect_refused(explain("700"), "row 700 is not one of the 700 rows of c.h5");
  expect_refused(explain("x"), "whole number, got 'x'");
  expect_refused(explain("7x"), "whole number, got '7x'");
  expect_refused(explain("99999999999999999999"), "whole number");
  expect_refused({"explain", "c.h5", "--network", "i.h5"}, "needs CAMPAIGN ROW", 2);
  expect_refused({"explain", "c.h5", "0"}, "'network'", 2);
}

TEST_F(ExplainTest, RefusesOtherFiles) {
  succeed({"quantize", "net.h5", "--data", "images.bin", "--images", "16", "--scheme", "linear6",
           "--out", "other.h5"});
  expect_refused({"explain", "c.h5", "0", "--network", "other.h5"}, "is not the network of c.h5");
  expect_refused({"explain", "c.h5", "0", "--network", "net.h5"}, "net.h5 is not an integer");
  expect_refused({"explain", "c.h5", "0", "--network", "none.h5"}, "none.h5");
  expect_refused({"explain", "i.h5", "0", "--network", "i.h5"}, "i.h5");
  expect_refused({"explain", "images.bin", "0", "--network", "i.h5"}, "images.bin");
  expect_refused({"explain", "none.h5", "0", "--network", "i.h5"}, "none.h5");
  const auto bytes = read_bytes(*shared / "c.h5");
  std::ofstream(*shared / "short.h5", std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  expect_refused({"explain", "short.h5", "0", "--network", "i.h5"}, "short.h5");
}

// A row that the network does not confirm is an error, not an explanation.
TEST_F(ExplainTest, RefusesARowThatIsNotTrue) {
  auto campaign = read_campaign(*shared / "c.h5");
  campaign.result.rows[5].outcome.logit_change += 1;
  campaign.result.rows[6].fault.layer = 0;
  write_campaign(*shared / "false.h5", campaign);
  expect_refused({"explain", "false.h5", "5", "--network", "i.h5"},
                 "row 5 of false.h5: it records");
  expect_refused({"explain", "false.h5", "6", "--network", "i.h5"},
                 "row 6 of false.h5: a fault in");
  campaign.origin.config.erase("images");
  write_campaign(*shared / "untold.h5", campaign);
  expect_refused({"explain", "untold.h5", "0", "--network", "i.h5"}, "option 'images'");
}

}  // namespace
}  // namespace citrine::testing
