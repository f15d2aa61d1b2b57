// What a campaign's samplings draw, and what their rows stand for.
#include "faultsim/sampling.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "faultsim/fault_space.h"
#include "faultsim/outcome_counts.h"
#include "faultsim/site_draws.h"
#include "faultsim/subject_images.h"
#include "kernels/error.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

constexpr std::uint32_t kImages = 6;

class SamplingTest : public ::testing::Test {
 protected:
  CampaignSettings settings_of(Sampling sampling, Site site, std::uint64_t trials) const {
    CampaignSettings settings;
    settings.sites = {site};
    settings.trials = trials;
    settings.sampling = sampling;
    settings.seed = 7;
    return settings;
  }
  Campaign campaign(const CampaignSettings& settings) const {
    return Campaign(subject.network, campaign_images(subject, kImages), settings, *backend);
  }
  // All rows, the pilot's first where there is one.
  std::vector<Row> rows_of(Campaign& runs) const {
    auto rows = runs.run(0, runs.pilot(0));
    if (!rows.empty()) runs.allocate(0, rows);
    const auto rest = runs.run(rows.size(), runs.trials(0));
    rows.insert(rows.end(), rest.begin(), rest.end());
    return rows;
  }

  const Subject subject = residual_network();
  const std::unique_ptr<Backend> backend = make_backend("cpu");
};

std::map<std::uint32_t, std::uint64_t> count_layers(const std::vector<Row>& rows) {
  std::map<std::uint32_t, std::uint64_t> counts;
  for (const auto& row : rows) ++counts[row.fault.layer];
  return counts;
}

std::size_t count_different(const std::vector<Row>& rows) {
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>>
      seen;
  for (const auto& [fault, image, outcome, further] : rows)
    seen.emplace(fault.layer, fault.element, fault.step, fault.bit, image);
  return seen.size();
}

TEST_F(SamplingTest, LayersGetEquallyManyTrials) {
  const Site site = Site::accumulator;
  auto runs = campaign(settings_of(Sampling::layers, site, 120));
  const auto rows = rows_of(runs);
  const auto strata = runs.frame().strata;
  ASSERT_GT(strata.size(), 2U);
  const auto counts = count_layers(rows);
  ASSERT_EQ(counts.size(), strata.size());
  for (const auto& [layer, count] : counts)
    EXPECT_NEAR(static_cast<double>(count), 120.0 / static_cast<double>(strata.size()), 1);
  for (const auto& stratum : strata)
    EXPECT_DOUBLE_EQ(stratum.weight, 1.0 / static_cast<double>(strata.size()));
  EXPECT_EQ(count_different(rows), rows.size());
}

// A layer's weight is its share of all multiply-accumulates, whatever their bits.
TEST_F(SamplingTest, MacsWeighLayersByTheirNumber) {
  const Site site = Site::activation_operand;
  const auto runs = campaign(settings_of(Sampling::macs, site, 400));
  double sum = 0;
  std::map<std::uint32_t, double> macs;
  for (std::uint32_t layer = 0; layer < subject.network.layers.size(); ++layer) {
    const auto extent = site_extent(subject.network, site, layer);
    if (extent.size() == 0) continue;
    sum += macs[layer] = static_cast<double>(extent.elements * extent.steps);
  }
  const auto strata = runs.frame().strata;
  ASSERT_EQ(strata.size(), macs.size());
  std::map<std::uint32_t, std::uint64_t> counts;
  for (std::uint64_t i = 0; i < 400; ++i) ++counts[runs.draw(i).fault.layer];
  for (const auto& stratum : strata) {
    const double share = macs.at(stratum.layer) / sum;
    EXPECT_DOUBLE_EQ(stratum.weight, share);
    EXPECT_NEAR(static_cast<double>(counts.at(stratum.layer)), 400 * share, 3);
  }
}

// As many trials as pairs: every sampling meets every pair once, and tells the same share.
TEST_F(SamplingTest, AllTrialsAreThePopulation) {
  const Site site = Site::output_register;
  const auto pairs = FaultSpace(subject.network, site).size() * kImages;
  auto simple = campaign(settings_of(Sampling::bits, site, pairs));
  const auto rows = rows_of(simple);
  const auto share = count_outcomes(rows, simple.frame().strata).share(OutcomeKind::sdc);
  ASSERT_GT(share, 0);
  for (const auto stratification : {Stratification::layer, Stratification::layer_bit}) {
    auto settings = settings_of(Sampling::stratified, site, pairs);
    settings.stratification = stratification;
    auto runs = campaign(settings);
    const auto drawn = rows_of(runs);
    EXPECT_EQ(count_different(drawn), pairs);
    const auto counts = count_outcomes(drawn, runs.frame().strata);
    EXPECT_NEAR(counts.share(OutcomeKind::sdc), share, 1e-12);
    EXPECT_NEAR(counts.interval(OutcomeKind::sdc).width(), 0, 1e-9);
  }
}

// The truth of a small site lies in the interval of a sample of it, however it was drawn.
TEST_F(SamplingTest, SamplesHoldTheTruth) {
  const Site site = Site::output_register;
  const auto pairs = FaultSpace(subject.network, site).size() * kImages;
  auto whole = campaign(settings_of(Sampling::layers, site, pairs));
  const auto truth = count_outcomes(rows_of(whole), whole.frame().strata);
  auto simple = campaign(settings_of(Sampling::bits, site, pairs));
  const auto share = count_outcomes(rows_of(simple), simple.frame().strata).share(OutcomeKind::sdc);
  EXPECT_NE(truth.share(OutcomeKind::sdc), share);
  int covered = 0, stratified = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    auto settings = settings_of(Sampling::layers, site, pairs / 8);
    settings.seed = seed;
    const auto holds = [&](double value) {
      auto runs = campaign(settings);
      const auto interval =
          count_outcomes(rows_of(runs), runs.frame().strata).interval(OutcomeKind::sdc);
      return interval.low <= value && value <= interval.high ? 1 : 0;
    };
    covered += holds(truth.share(OutcomeKind::sdc));
    settings.sampling = Sampling::stratified;
    stratified += holds(share);
  }
  // Expected 38 of 40, standard deviation 1.4.
  EXPECT_GE(covered, 34);
  EXPECT_GE(stratified, 34);
}

TEST_F(SamplingTest, RowsFollowFromThePilotAlone) {
  const auto settings = settings_of(Sampling::stratified, Site::product, 200);
  auto runs = campaign(settings), again = campaign(settings);
  EXPECT_EQ(runs.pilot(0), 20U);
  EXPECT_THROW(runs.draw(20), Error);
  auto pilot = runs.run(0, 20);
  runs.allocate(0, pilot);
  again.allocate(0, pilot);
  for (std::uint64_t i = 0; i < 200; ++i) EXPECT_EQ(runs.draw(i), again.draw(i));
  for (auto& row : pilot)
    row.outcome.kind =
        row.fault.layer == pilot[0].fault.layer ? OutcomeKind::sdc : OutcomeKind::benign;
  again.allocate(0, pilot);
  std::vector<Row> before, after;
  for (std::uint64_t i = 0; i < 200; ++i) {
    before.push_back(runs.draw(i));
    after.push_back(again.draw(i));
  }
  EXPECT_NE(before, after);
  EXPECT_EQ(count_different(after), 200U);
  pilot[3].image = (pilot[3].image + 1) % kImages;
  EXPECT_THROW(again.allocate(0, pilot), Error);
  pilot.pop_back();
  EXPECT_THROW(again.allocate(0, pilot), Error);
}

TEST_F(SamplingTest, StopRulesAreMetAtTheirNumber) {
  const SampleCounts counts{10, 256, 1 << 30};
  EXPECT_FALSE(StopRule{}.is_met(counts));
  EXPECT_TRUE(StopRule{.failures = 10}.is_met(counts));
  EXPECT_FALSE(StopRule{.failures = 11}.is_met(counts));
  EXPECT_TRUE(StopRule{.width = 0.2}.is_met(counts));
  EXPECT_FALSE(StopRule{.width = 0.01}.is_met(counts));
  EXPECT_FALSE(StopRule{.width = 0.999}.is_met({0, 0, 1 << 30}));
}

TEST_F(SamplingTest, RefusesWhatContradicts) {
  const Site site = Site::product;
  EXPECT_THROW(campaign(settings_of(Sampling::layers, site, 2)), Error);
  auto settings = settings_of(Sampling::stratified, site, 100);
  settings.pilot = 100;
  EXPECT_THROW(campaign(settings), Error);
  settings.pilot = 2;
  EXPECT_THROW(campaign(settings), Error);
  settings = settings_of(Sampling::layers, site, 100);
  settings.stop.width = 0.1;
  EXPECT_THROW(campaign(settings), Error);
  settings.sampling = Sampling::bits;
  EXPECT_NO_THROW(campaign(settings));
  settings.stop.failures = 101;
  EXPECT_THROW(campaign(settings), Error);
  settings.stop = {.width = 1};
  EXPECT_THROW(campaign(settings), Error);
  EXPECT_THROW(sampling("mac"), Error);
  EXPECT_THROW(stratification("bit"), Error);
}

// With a stop rule the number of trials is a limit, and a site may have fewer pairs.
TEST_F(SamplingTest, AStopRuleTakesAllPairsAtMost) {
  auto settings = settings_of(Sampling::bits, Site::output_register, 1'000'000'000);
  EXPECT_THROW(campaign(settings), Error);
  settings.stop.failures = 5;
  const auto runs = campaign(settings);
  const auto pairs = FaultSpace(subject.network, Site::output_register).size() * kImages;
  EXPECT_EQ(runs.trials(0), pairs);
  EXPECT_THROW(runs.draw(pairs), Error);
}

// A stratum that no trial met may have any share.
TEST(OutcomeCounts, DoNotSpeakForWhatWasNotTried) {
  const StratumOutcomes tried{.weight = 0.75, .of = {5, 0, 0, 0, 5, 5}}, missed{.weight = 0.25};
  const OutcomeCounts counts{.strata = {tried, missed}};
  const OutcomeCounts alone{.strata = {tried}};
  const auto interval = counts.interval(OutcomeKind::sdc), part = alone.interval(OutcomeKind::sdc);
  EXPECT_DOUBLE_EQ(counts.share(OutcomeKind::sdc), 0.5);
  EXPECT_NEAR(interval.low, 0.75 * part.low, 1e-9);
  EXPECT_NEAR(interval.high, 0.75 * part.high + 0.25, 1e-9);
}

// All SDC on one of four images: the images differ far more than chance.
TEST(OutcomeCounts, ImagesAreClusters) {
  const std::vector<Stratum> strata = {{.site = Site::product, .population = 1ULL << 50}};
  std::vector<Row> rows(400);
  for (std::uint32_t i = 0; i < 400; ++i) {
    rows[i].fault.site = Site::product;
    rows[i].image = i % 4;
    rows[i].outcome.kind = i % 4 == 0 ? OutcomeKind::sdc : OutcomeKind::benign;
  }
  const auto counts = count_outcomes(rows, strata);
  const auto these = counts.interval(OutcomeKind::sdc);
  const auto like =
      image_interval(trials_by_image(rows, strata, counts), counts, OutcomeKind::sdc, these);
  EXPECT_LT(these.width(), 0.1);
  EXPECT_GT(like.width(), 0.6);
  rows.resize(1);
  const auto one = count_outcomes(rows, strata);
  EXPECT_EQ(image_interval(trials_by_image(rows, strata, one), one, OutcomeKind::sdc,
                           one.interval(OutcomeKind::sdc))
                .width(),
            1);
}

// Permanent faults on three images: the fault is the unit, where few fail, as one trial.
TEST(OutcomeCounts, PermanentFaultsAreClusters) {
  const std::vector<Stratum> strata = {{.site = Site::array_product, .population = 1000}};
  const auto interval_of = [&](std::vector<int> hits) {
    std::vector<Row> rows;
    for (std::uint32_t fault = 0; fault < hits.size(); ++fault)
      for (std::uint32_t image = 0; image < 3; ++image) {
        Row row{.fault = {.site = Site::array_product, .element = fault},
                .image = image,
                .outcome = {}};
        if (static_cast<int>(image) < hits[fault]) row.outcome.kind = OutcomeKind::sdc;
        rows.push_back(row);
      }
    return count_outcomes(rows, strata, false, true).interval(OutcomeKind::sdc);
  };
  EXPECT_EQ(interval_of({3, 0, 1, 0}), beta_interval(4.0 / 3, 4));
  EXPECT_EQ(interval_of({0, 0, 0, 0}), clopper_pearson(0, 4));
  EXPECT_EQ(interval_of({3, 3, 3, 3}), clopper_pearson(4, 4));
  EXPECT_EQ(interval_of({2}), Interval{});

  std::vector<int> hits(10, 1);
  std::vector<Cluster> clusters(10, {1, 3});
  hits.resize(30);
  clusters.resize(30, {0, 3});
  EXPECT_EQ(interval_of(hits), cluster_interval(clusters));
  hits[0] = 0;
  clusters[0] = {0, 3};
  EXPECT_EQ(interval_of(hits), cluster_interval(clusters));
}

}  // namespace
}  // namespace citrine::testing
