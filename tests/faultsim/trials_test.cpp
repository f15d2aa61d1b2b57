// Trials of several faults, and trials of a list.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "faultsim/campaign.h"
#include "faultsim/engine.h"
#include "faultsim/explanation.h"
#include "faultsim/fault_space.h"
#include "faultsim/outcome_counts.h"
#include "faultsim/subject_images.h"
#include "kernels/error.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint32_t kImages = 4;

class TrialsTest : public ::testing::Test {
 protected:
  Campaign campaign(const CampaignSettings& settings) const {
    return Campaign(subject.network, campaign_images(subject, kImages), settings, *backend);
  }
  static CampaignSettings together(std::uint32_t faults, std::uint64_t trials,
                                   std::vector<Site> sites = {Site::product, Site::weight_memory}) {
    CampaignSettings settings;
    settings.sites = std::move(sites);
    settings.faults_per_trial = faults;
    settings.trials = trials;
    settings.seed = 7;
    return settings;
  }
  static CampaignSettings listed(std::vector<Row> list, bool is_permanent = false) {
    CampaignSettings settings;
    settings.sampling = Sampling::list;
    settings.is_permanent = is_permanent;
    settings.list = std::move(list);
    return settings;
  }
  static std::vector<Row> all(const Campaign& runs) { return runs.run(0, runs.rows()); }

  const Subject subject = residual_network();
  const std::unique_ptr<Backend> backend = make_backend("cpu");
};

TEST_F(TrialsTest, SeveralFaultsAreThoseOfOneInference) {
  const auto runs = campaign(together(3, 50));
  const Engine engine(subject.network, *backend);
  const auto rows = all(runs);
  ASSERT_EQ(rows.size(), 100U);
  std::set<OutcomeKind> kinds;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].further.size(), 2U);
    for (const auto& fault : rows[i].faults())
      EXPECT_EQ(fault.site, i < 50 ? Site::product : Site::weight_memory);
    EXPECT_EQ(rows[i].outcome,
              engine.run_together(rows[i].faults(), engine.golden(subject.images[rows[i].image])));
    kinds.insert(rows[i].outcome.kind);
  }
  EXPECT_GT(kinds.size(), 2U);
}

TEST_F(TrialsTest, SeveralFaultsDoNotDependOnCutsOrOtherSites) {
  const auto runs = campaign(together(4, 30));
  const auto whole = all(runs);
  std::vector<Row> parts;
  for (std::uint64_t first = 0; first < runs.rows(); first += 7) {
    const auto part = runs.run(first, std::min(first + 7, runs.rows()));
    parts.insert(parts.end(), part.begin(), part.end());
  }
  EXPECT_EQ(parts, whole);
  const auto alone = all(campaign(together(4, 30, {Site::weight_memory})));
  EXPECT_TRUE(std::ranges::equal(alone, std::span(whole).subspan(30)));
}

// As many faults as the site has are each of them once.
TEST_F(TrialsTest, TheFaultsOfATrialAreDistinct) {
  const auto size = FaultSpace(subject.network, Site::scale_shift).size();
  ASSERT_GT(size, 6U);
  const auto faults = static_cast<std::uint32_t>(size);
  const auto runs = campaign(together(faults, 5, {Site::scale_shift}));
  for (std::uint64_t i = 0; i < 5; ++i) {
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> drawn;
    for (const auto& fault : runs.draw(i).faults())
      drawn.insert({fault.layer, fault.element, fault.bit});
    EXPECT_EQ(drawn.size(), size);
  }
  EXPECT_THROW(campaign(together(faults + 1, 5, {Site::scale_shift})), Error);
}

// Each ordered pair of distinct faults, each on each image, is as likely as any other; trials are
// drawn with replacement, so there may be more of them than pairs of a fault and an image.
TEST_F(TrialsTest, SetsAreDrawnUniformlyWithReplacement) {
  const auto size = FaultSpace(subject.network, Site::scale_shift).size();
  constexpr std::uint64_t kTrials = 60000;
  const auto runs = campaign(together(2, kTrials, {Site::scale_shift}));
  ASSERT_GT(kTrials, size * kImages);
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                      std::uint32_t, std::uint32_t>,
           double>
      counts;
  for (std::uint64_t i = 0; i < kTrials; ++i) {
    const auto row = runs.draw(i);
    const auto &a = row.fault, &b = row.further.at(0);
    ++counts[{a.layer, a.element, a.bit, b.layer, b.element, b.bit, row.image}];
  }
  const auto cells = static_cast<double>(size * (size - 1) * kImages);
  const double expected = kTrials / cells;
  ASSERT_GT(expected, 5);
  double squares = (cells - static_cast<double>(counts.size())) * expected;
  for (const auto& [cell, count] : counts)
    squares += (count - expected) * (count - expected) / expected;
  // Chi-squared of cells - 1 degrees of freedom, five standard deviations.
  EXPECT_NEAR(squares, cells - 1, 5 * std::sqrt(2 * cells));
}

TEST_F(TrialsTest, PermanentSetsMeetEveryImage) {
  auto settings = together(2, 40, {Site::array_product});
  settings.is_permanent = true;
  settings.model.array = {.rows = 2, .columns = 2};
  const auto runs = campaign(settings);
  const auto rows = all(runs);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].faults(), rows[i - i % kImages].faults());
    EXPECT_EQ(rows[i].image, i % kImages);
  }
  const auto counts = count_outcomes(rows, runs.frame().strata, false, true);
  EXPECT_EQ(counts.faults.size(), 10U);
}

// Two sets that are the same are two clusters.
TEST_F(TrialsTest, ASetThatIsDrawnAgainIsAClusterOfItsOwn) {
  Row row{.fault = {.site = Site::product, .layer = 1}, .image = 0, .outcome = {}};
  row.further = {row.fault};
  auto next = row;
  next.image = 1;
  const std::vector<Stratum> strata = {{.site = Site::product, .population = 100}};
  const std::vector<Row> twice = {row, next, row, next};
  EXPECT_EQ(count_outcomes(twice, strata, false, true).faults.size(), 2U);
}

// 0 of 20 of a large population: 1 - 0.025^(1/20) at most; a site of 40 pairs would give less.
TEST_F(TrialsTest, TheIntervalKnowsNoEndOfSets) {
  const auto frame = campaign(together(2, 20, {Site::scale_shift})).frame();
  EXPECT_EQ(frame.faults_per_trial, 2U);
  std::vector<Row> rows(20);
  for (auto& row : rows) row.fault.site = Site::scale_shift;
  const auto interval = count_outcomes(rows, frame.strata).interval(OutcomeKind::sdc);
  EXPECT_NEAR(interval.high, 1 - std::pow(0.025, 1.0 / 20), 1e-9);
}

TEST_F(TrialsTest, SeveralFaultsStateTheirUnit) {
  EXPECT_THAT(describe(Sampling::bits, false, false, 3),
              HasSubstr("the sampling unit is a set of 3 distinct faults of the site and an image, "
                        "drawn with replacement"));
  EXPECT_THAT(describe(Sampling::bits, false, false, 3),
              HasSubstr("exact (binomial) below 10 hits or misses"));
  EXPECT_THAT(describe(Sampling::bits, false),
              HasSubstr("exact (hypergeometric) below 10 hits or misses"));
  EXPECT_THAT(describe(Sampling::bits, true, false, 3), HasSubstr("a confidence sequence"));
  EXPECT_THAT(describe(Sampling::bits, false, true, 3), HasSubstr("Korn and Graubard's"));
  EXPECT_EQ(describe(Sampling::bits, false, false, 1), describe(Sampling::bits, false));
}

TEST_F(TrialsTest, SeveralFaultsTakeTheSamplingOfBits) {
  auto settings = together(2, 50, {Site::product});
  settings.sampling = Sampling::macs;
  EXPECT_THROW(campaign(settings), Error);
  EXPECT_THROW(campaign(together(0, 50)), Error);
  EXPECT_THROW(campaign(together(kMostFaults + 1, 1)), Error);
}

// A list of a campaign's own rows, backwards and with sites mixed, gives their outcomes.
TEST_F(TrialsTest, AListOfRowsGivesTheirOutcomes) {
  for (const std::uint32_t faults : {1, 3}) {
    auto rows = all(campaign(together(faults, 40)));
    std::ranges::reverse(rows);
    std::swap(rows[3], rows[70]);
    auto list = rows;
    for (auto& row : list) row.outcome = {};
    const auto runs = campaign(listed(list));
    EXPECT_EQ(runs.rows(), 80U);
    EXPECT_EQ(runs.trials(0), 80U);
    EXPECT_EQ(runs.pilot(0), 0U);
    EXPECT_EQ(all(runs), rows);
    EXPECT_EQ(runs.run(20, 30), std::vector<Row>(rows.begin() + 20, rows.begin() + 30));
  }
}

TEST_F(TrialsTest, AListWithoutImagesMeetsEveryImage) {
  const auto rows = all(campaign(together(1, 3, {Site::weight_memory})));
  const auto listed_rows = all(campaign(listed(rows, true)));
  const Engine engine(subject.network, *backend);
  ASSERT_EQ(listed_rows.size(), 3U * kImages);
  for (std::size_t i = 0; i < listed_rows.size(); ++i) {
    EXPECT_EQ(listed_rows[i].fault, rows[i / kImages].fault);
    EXPECT_EQ(listed_rows[i].image, i % kImages);
    EXPECT_EQ(listed_rows[i].outcome,
              engine.run(rows[i / kImages].fault, engine.golden(subject.images[i % kImages])));
  }
}

// An explanation computes the whole network, and tells each layer that has a fault.
TEST_F(TrialsTest, SeveralFaultsAreExplained) {
  std::set<OutcomeKind> kinds;
  for (const auto& row : all(campaign(together(3, 40)))) {
    const auto explanation =
        explain_together(subject.network, row.faults(), subject.images[row.image], *backend);
    EXPECT_EQ(explanation.outcome, row.outcome);
    const auto alone =
        traces_alone(subject.network, row.faults(), subject.images[row.image], *backend);
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_EQ(alone.at(i), static_cast<FaultTrace>(explain(subject.network, row.faults()[i],
                                                             subject.images[row.image], *backend)));
    std::set<std::uint32_t> layers, told;
    for (const auto& fault : row.faults()) layers.insert(fault.layer);
    for (const auto& layer : explanation.layers)
      if (layer.has_fault) told.insert(layer.layer);
    EXPECT_EQ(told, layers);
    kinds.insert(row.outcome.kind);
  }
  EXPECT_GT(kinds.size(), 2U);
  EXPECT_THROW(explain_together(subject.network, {}, subject.images[0], *backend), Error);
}

TEST_F(TrialsTest, AListIsNoSample) {
  const auto rows = all(campaign(together(1, 20)));
  for (const bool is_permanent : {false, true}) {
    const auto frame = campaign(listed(rows, is_permanent)).frame();
    EXPECT_EQ(frame.sampling, Sampling::list);
    EXPECT_EQ(frame.population, (std::vector<std::uint64_t>{0, 0}));
    ASSERT_EQ(frame.strata.size(), 2U);
    EXPECT_EQ(frame.strata[0].site, Site::product);
    const auto part = std::span(rows).first(20);
    const auto strata = std::span(frame.strata).first(1);
    const auto counts = count_outcomes(part, strata, false, is_permanent);
    EXPECT_EQ(counts.trials(), 20U);
    const auto these = counts.interval(OutcomeKind::sdc);
    EXPECT_FALSE(these.is_known());
    EXPECT_FALSE(
        image_interval(trials_by_image(part, strata, counts), counts, OutcomeKind::sdc, these)
            .is_known());
  }
  EXPECT_THAT(describe(Sampling::list, false, true), HasSubstr("no random sample"));
}

TEST_F(TrialsTest, AListMustHold) {
  const auto rows = all(campaign(together(1, 2)));
  auto settings = listed(rows);
  settings.sampling = Sampling::bits;
  EXPECT_THROW(campaign(settings), Error);
  EXPECT_THROW(campaign(listed({})), Error);
  settings = listed(rows);
  settings.list[1].image = kImages;
  EXPECT_THROW(campaign(settings), Error);
  settings = listed(rows);
  settings.list[1].fault.bit = 32;
  EXPECT_THROW(campaign(settings), Error);
  settings = listed(rows);
  settings.stop.failures = 1;
  EXPECT_THROW(campaign(settings), Error);
  settings = listed(rows);
  settings.rates = {0.1};
  EXPECT_THROW(campaign(settings), Error);
}

}  // namespace
}  // namespace citrine::testing
