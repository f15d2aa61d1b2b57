// Samplings, stop rules and plans of campaigns through the program.
#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/campaign_plan.h"
#include "app/campaign_run.h"
#include "app/inject_fixture.h"
#include "faultsim/confidence_sequence.h"
#include "store/files.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Json = nlohmann::json;

TEST_F(InjectTest, ABackendThatIsNoneIsNamed) {
  expect_no_campaign({"--backend", "gpu"}, 1, "unknown backend 'gpu': did you mean 'cpu'?");
}

TEST_F(InjectTest, EverySamplingStatesItself) {
  for (const std::string sampling : {"bits", "macs", "layers", "stratified"}) {
    const auto json =
        Json::parse(succeed(inject({"--trials", "200", "--sites", "accumulator", "--sampling",
                                    sampling, "--out", sampling + ".h5", "--format", "json"})));
    EXPECT_EQ(json.at("sampling"), sampling);
    EXPECT_THAT(json.at("estimator").get<std::string>(), HasSubstr("the sampling unit is a pair"));
    EXPECT_THAT(json.at("images_estimator").get<std::string>(),
                HasSubstr("the sampling unit is an image"));
    const auto& site = json.at("sites").at(0);
    EXPECT_EQ(site.at("trials"), 200);
    for (const Event event : kEvents) {
      const std::string key(name_of(event));
      const auto &share = site.at(key + "_share"), &interval = site.at(key + "_interval");
      EXPECT_LE(interval.at(0), share) << key;
      EXPECT_GE(interval.at(1), share) << key;
      EXPECT_LE(site.at(key + "_images_interval").at(0), interval.at(0)) << key;
    }
  }
  succeed({"report", "stratified.h5", "--out", "page"});
  EXPECT_THAT(read_bytes(folder / "page/index.html"), HasSubstr("after a pilot"));
}

// A row after the pilot follows from the pilot's outcomes.
TEST_F(InjectTest, AStratifiedRowReplayedAloneGivesItself) {
  const std::vector<std::string> words = {"--trials",   "60",         "--sites", "product",
                                          "--sampling", "stratified", "--pilot", "20"};
  auto whole = words;
  whole.insert(whole.end(), {"--out", "c.h5"});
  succeed(inject(whole));
  const auto rows = read_campaign(folder / "c.h5").result.rows;
  ASSERT_EQ(rows.size(), 60U);
  for (const std::uint64_t row : {0, 19, 20, 59}) {
    auto only = words;
    only.insert(only.end(), {"--only", std::to_string(row), "--format", "json"});
    const auto json = Json::parse(succeed(inject(only)));
    EXPECT_EQ(json.at("element"), rows[row].fault.element);
    EXPECT_EQ(json.at("step"), rows[row].fault.step);
    EXPECT_EQ(json.at("bit"), rows[row].fault.bit);
    EXPECT_EQ(json.at("image"), rows[row].image);
    EXPECT_EQ(json.at("outcome"), name_of(rows[row].outcome.kind));
  }
}

TEST_F(InjectTest, TheArrayBreaksForGood) {
  const std::vector<std::string> words = {
      "--trials",     "24",         "--sites",   "array_product",
      "--effect",     "stuck_at_1", "--array",   "2x3",
      "--fault-bits", "2",          "--mapping", "input_stationary",
      "--permanent"};
  auto whole = words;
  whole.insert(whole.end(), {"--out", "array.h5", "--format", "json"});
  const auto json = Json::parse(succeed(inject(whole)));
  EXPECT_THAT(json.at("estimator").get<std::string>(), HasSubstr("a permanent fault"));
  const auto result = read_campaign(folder / "array.h5").result;
  EXPECT_TRUE(result.is_permanent);
  ASSERT_EQ(result.rows.size(), 24U);
  for (std::size_t i = 0; i < 24; ++i) {
    const auto& [fault, image, outcome, further] = result.rows[i];
    EXPECT_TRUE(further.empty());
    EXPECT_EQ(fault, result.rows[i - i % 4].fault);
    EXPECT_EQ(image, i % 4);
    EXPECT_LT(fault.element, 6U);
    EXPECT_EQ(fault.width, 2U);
    EXPECT_EQ(fault.effect, Effect::stuck_at_1);
  }
  auto only = words;
  only.insert(only.end(), {"--only", "13", "--format", "json"});
  const auto row = Json::parse(succeed(inject(only)));
  EXPECT_EQ(row.at("effect"), "stuck_at_1");
  EXPECT_EQ(row.at("element"), result.rows[13].fault.element);
  EXPECT_EQ(row.at("faulty_class"), result.rows[13].outcome.faulty_class);
}

TEST_F(InjectTest, RefusesFaultsThatCannotBe) {
  expect_no_campaign({"--array", "0x4"}, 1, "'array' must be rows x columns");
  expect_no_campaign({"--effect", "flipp"}, 2, "the nearest to 'flipp' is 'flip'");
  expect_no_campaign({"--fault-bits", "9", "--sites", "weight_operand"}, 1,
                     "site weight_operand must have faults of 9 bits in the network, got none");
  expect_no_campaign({"--permanent", "--trials", "99"}, 1,
                     "trials must be a multiple of them, got 99");
  expect_no_campaign({"--permanent", "--until-failures", "3"}, 1, "no stop rule");
  expect_no_campaign({"--sites", "product,product"}, 1,
                     "once, and one at least, got 'product,product'");
  expect_no_campaign({"--sites", "shifter"}, 1, "got none");
  expect_no_campaign({"--rates", "0.1", "--curve-sites", "shifter"}, 1, "shifter has none");
}

TEST_F(InjectTest, StopsWhenTheIntervalIsNarrow) {
  const auto json =
      Json::parse(succeed(inject({"--until-width", "0.06", "--sites", "product,weight_memory",
                                  "--out", "narrow.h5", "--format", "json"})));
  EXPECT_TRUE(json.at("sequential"));
  for (const auto& site : json.at("sites")) {
    const std::uint64_t trials = site.at("trials"), hits = site.at("sdc");
    const std::uint64_t population = site.at("population");
    EXPECT_EQ(trials % kBlock, 0U);
    EXPECT_LE(confidence_sequence({hits, trials, population}).width(), 0.06);
    const double width =
        site.at("sdc_interval").at(1).get<double>() - site.at("sdc_interval").at(0).get<double>();
    EXPECT_LE(width, 0.06);
  }
  const auto result = read_campaign(folder / "narrow.h5").result;
  EXPECT_TRUE(result.is_sequential);
  EXPECT_EQ(result.rows.front().fault.site, Site::product);
  EXPECT_EQ(result.rows.back().fault.site, Site::weight_memory);
}

// 1000 trials are not a multiple of 3 images.
TEST_F(InjectTest, PermanentFaultsMeetAllImagesByDefault) {
  succeed(inject({"--permanent", "--sites", "product", "--out", "permanent.h5"}, "3"));
  EXPECT_EQ(read_campaign(folder / "permanent.h5").result.rows.size(), 1002U);
}

// 4 images; 95 % and p = 1/2: n = N / (1 + 0.05^2 (N-1) / (1.96^2 0.25)), 384 for large N.
TEST_F(InjectTest, PlansBeforeItRuns) {
  const auto words = inject({"--trials", "300", "--plan", "--margin", "0.05", "--sampling",
                             "layers", "--format", "json"});
  const auto json = Json::parse(succeed(words));
  ASSERT_EQ(json.at("sites").size(), 7U);
  const auto& site = json.at("sites").at(3);
  EXPECT_EQ(site.at("site"), "accumulator");
  EXPECT_EQ(site.at("pairs").get<std::uint64_t>(), 4 * site.at("faults").get<std::uint64_t>());
  EXPECT_EQ(site.at("sample_size"), 384);
  EXPECT_EQ(site.at("trials"), 300);
  EXPECT_GT(site.at("seconds"), 0);
  EXPECT_GT(site.at("strata"), 1);
  EXPECT_EQ(json.at("most_bytes"), 2 * 7 * 300 * 32);
  EXPECT_FALSE(fs::exists(folder / "o.h5"));
}

// The unit is the fault: 384 of them, each under 4 images.
TEST_F(InjectTest, PlansPermanentFaultsAsClusters) {
  const auto json =
      Json::parse(succeed(inject({"--trials", "200", "--permanent", "--plan", "--margin", "0.05",
                                  "--sites", "accumulator", "--format", "json"})));
  EXPECT_EQ(json.at("sites").at(0).at("sample_size"), 4 * 384);
}

// No fault in 10 images at such a rate.
TEST_F(InjectTest, ARateThatIsNotReachedIsAText) {
  const auto json = Json::parse(succeed(
      inject({"--trials", "10", "--sites", "weight_memory", "--rates", "1e-12", "--rise", "0.05",
              "--curve-sites", "weight_memory", "--out", "flat.h5", "--format", "json"})));
  const auto& rise = json.at("rise_rates").at(0);
  EXPECT_EQ(rise.at("rate"), "infinity");
  EXPECT_EQ(rise.at("interval").at(1), "infinity");
}

// 640 faults; the time is up behind the first image.
TEST_F(InjectTest, PlansExhaustiveCounts) {
  const Words words = {"--exhaustive", "--plan",     "--sites",  "bias_memory",
                       "--layers",     last_layer(), "--format", "json"};
  auto json = Json::parse(succeed(inject(words)));
  EXPECT_EQ(json.at("images"), 4);
  EXPECT_EQ(json.at("sites").at(0).at("faults"), 320);
  EXPECT_EQ(json.at("sites").at(0).at("pairs"), 4 * 320);
  EXPECT_GT(json.at("trials"), 0);
  EXPECT_LE(json.at("trials"), 4 * 320);
  EXPECT_GT(json.at("seconds"), 0);
  EXPECT_GT(json.at("most_bytes"), 0);
  json = Json::parse(succeed(inject(words + Words{"--until-time", "1e-9"})));
  EXPECT_EQ(json.at("images"), 1);
}

// Trials come before the curve, of which nothing is left then.
TEST_F(InjectTest, PlansWhatTheTimeIsEnoughFor) {
  const Words words = {
      "--plan",   "--sites", "product,accumulator", "--rates", "1e-4,1e-3", "--curve-seeds", "3",
      "--format", "json",    "--until-time"};
  auto json = Json::parse(succeed(inject(words + Words{"100000", "--trials", "50"})));
  EXPECT_EQ(json.at("curve_points"), 2 * 2 * 3);
  EXPECT_GT(json.at("curve_seconds"), 0);
  json = Json::parse(succeed(inject(words + Words{"1e-6"})));
  EXPECT_EQ(json.at("curve_points"), 0);
  EXPECT_EQ(json.at("sites").at(0).at("trials"), json.at("sites").at(1).at("trials"));
  EXPECT_LT(json.at("sites").at(0).at("trials"), 1000);
}

TEST_F(InjectTest, RefusesWhatContradicts) {
  expect_no_campaign({"--until-width", "0.1", "--sampling", "layers"}, 1, "sampling of bits");
  expect_no_campaign({"--until-failures", "30", "--trials", "20"}, 1, "30 failures");
  expect_no_campaign({"--until-failures", "0"}, 1, "'until-failures' must be above 0");
  expect_no_campaign({"--until-width", "1.5"}, 2, "'until-width' must lie between");
  expect_no_campaign({"--until-time", "-1"}, 2, "'until-time' must lie between");
  expect_no_campaign({"--pilot", "10"}, 1, "need '--sampling stratified'");
  expect_no_campaign({"--trials", "2", "--sampling", "layers"}, 1,
                     "each of which must get a trial");
  expect_no_campaign({"--trials", "1000000000", "--sites", "weight_memory"}, 1,
                     "as 1000000000 trials");
  expect_no_campaign({"--trials", "100", "--pilot", "100", "--sampling", "stratified"}, 1,
                     "a pilot must have fewer trials");
  expect_no_campaign({"--plan", "--only", "3"}, 1, "'only' and 'plan'");
}

// A campaign of all pairs of a site has the same counts; its rows say whose they are.
TEST_F(InjectTest, ExhaustiveCountsAreThoseOfAllTrials) {
  for (const std::string name : {"output_register", "weight_memory", "bias_memory"}) {
    SCOPED_TRACE(name);
    const auto exact = name + ".exact.h5", all = name + ".all.h5";
    const auto counted = Json::parse(succeed(
        inject({"--exhaustive", "--sites", name, "--out", exact, "--format", "json"}, "1")));
    const auto& site = counted.at("sites").at(0);
    const std::uint64_t faults = site.at("faults");
    EXPECT_EQ(counted.at("images"), 1);
    EXPECT_LE(counted.at("trials").get<std::uint64_t>(), faults);
    const auto drawn = Json::parse(succeed(inject(
        {"--sites", name, "--trials", std::to_string(faults), "--out", all, "--format", "json"},
        "1")));
    for (const Event event : kEvents) {
      const std::string key(name_of(event));
      EXPECT_EQ(site.at(key), drawn.at("sites").at(0).at(key)) << key;
      EXPECT_EQ(site.at(key + "_share"), site.at(key).get<double>() / static_cast<double>(faults));
    }
    EXPECT_EQ(site.at("image_sdc_shares").size(), 1U);

    auto expected = read_exhaustive(folder / exact).result.criticality;
    const auto found = expected;
    for (auto& layer : expected) std::ranges::fill(layer.sdc, 0);
    for (const auto& row : read_campaign(folder / all).result.rows) {
      const auto layer = std::ranges::find(expected, row.fault.layer, &Criticality::layer);
      ASSERT_NE(layer, expected.end());
      layer->sdc[row.fault.element] += row.outcome.kind == OutcomeKind::sdc ? 1 : 0;
    }
    EXPECT_EQ(found, expected);
  }
}

TEST_F(InjectTest, ExhaustiveCountsAreNotSamples) {
  expect_no_campaign({"--exhaustive", "--trials", "10"}, 1, "'exhaustive' and 'trials'");
  expect_no_campaign({"--exhaustive", "--sites", "weight_memory,scale_shift"}, 1, "scale_shift");
}

// What was begun with other options is not continued, and not lost.
TEST_F(InjectTest, ExhaustiveCountsOfOtherOptionsAreNotContinued) {
  succeed(inject({"--exhaustive", "--sites", "output_register", "--out", "begun.h5"}, "1"));
  fs::rename(folder / "begun.h5", folder / "refused.h5.partial");
  expect_no_campaign({"--exhaustive", "--sites", "activation_memory"}, 1,
                     "refused.h5.partial belongs to another command: config/images is 1, here 4; "
                     "remove it to begin anew");
  EXPECT_TRUE(fs::remove(folder / "refused.h5.partial"));
}

// 20 failures at 1 in 10 come in 200 trials: the first look at or after that is at 256. A width of
// 0.1 at half and half: found by looking at every block.
TEST(ExpectedTrials, AreThoseOfTheFirstLook) {
  const SampleCounts limit{0, 100'000, std::uint64_t{1} << 40};
  EXPECT_EQ(expected_trials({.failures = 20}, 0.1, limit, 256), 256U);
  EXPECT_EQ(expected_trials({.failures = 26}, 0.1, limit, 256), 256U);
  EXPECT_EQ(expected_trials({.failures = 27}, 0.1, limit, 256), 512U);
  EXPECT_EQ(expected_trials({.failures = 20}, 0, limit, 256), 100'000U);
  EXPECT_EQ(expected_trials({}, 0.5, limit, 256), 100'000U);
  const auto trials = expected_trials({.width = 0.1}, 0.5, limit, 256);
  EXPECT_LE(confidence_sequence({trials / 2, trials, limit.population}).width(), 0.1);
  EXPECT_GT(confidence_sequence({trials / 2 - 128, trials - 256, limit.population}).width(), 0.1);
}

}  // namespace
}  // namespace citrine::testing
