#include "faultsim/outcome_groups.h"

#include <cmath>
#include <utility>

#include <gtest/gtest.h>

#include "kernels/error.h"

namespace citrine {
namespace {

Row row(Fault fault, OutcomeKind kind, std::uint32_t image = 0, std::uint8_t golden_class = 0) {
  Row row;
  row.fault = fault;
  row.image = image;
  row.outcome.kind = kind;
  row.outcome.golden_class = golden_class;
  return row;
}

Row product(std::uint32_t layer, OutcomeKind kind) {
  return row({.site = Site::product, .layer = layer}, kind);
}

// One stratum a site, so large that it shortens no interval.
CampaignResult campaign_of(std::vector<Row> rows) {
  CampaignResult result;
  result.rows = std::move(rows);
  result.labels = {3, 1};
  result.images = 2;
  for (const auto& row : result.rows)
    if (result.strata.empty() || result.strata.back().site != row.fault.site)
      result.strata.push_back({.site = row.fault.site, .population = 1ULL << 60});
  result.channels = {{.channels = 1}, {.channels = 4, .filter_weights = 9, .scales = 4}};
  result.array = {.rows = 2, .columns = 3};
  return result;
}

std::vector<std::uint32_t> indices(const std::vector<OutcomeGroup>& groups) {
  std::vector<std::uint32_t> list;
  for (const auto& group : groups) list.push_back(group.index);
  return list;
}

TEST(OutcomeGroups, CountByLayer) {
  const auto groups =
      outcome_groups(campaign_of({product(1, OutcomeKind::sdc), product(0, OutcomeKind::sdc),
                                  product(1, OutcomeKind::benign)}),
                     Grouping::layer);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].layer, 0U);
  EXPECT_EQ(groups[1].sum.trials(), 2U);
  EXPECT_EQ(groups[1].sum[OutcomeKind::sdc].trials, 1U);
  // 1 of 2: 1 - (1 - p)^2 = 0.025 at p = 1.258 %, and by symmetry 98.742 %.
  EXPECT_NEAR(groups[1].sum[OutcomeKind::sdc].interval.low, 0.01258, 1e-5);
  EXPECT_NEAR(groups[1].sum[OutcomeKind::sdc].interval.high, 0.98742, 1e-5);
}

// Failures cut across the outcomes; intervals are those of an SDC as frequent.
TEST(OutcomeGroups, CountFailures) {
  std::vector<Row> rows;
  for (std::uint32_t i = 0; i < 40; ++i) {
    rows.push_back(product(0, i < 20 ? OutcomeKind::sdc : OutcomeKind::benign));
    rows.back().image = i % 8;
    rows.back().outcome.is_sdc5 = i < 5;
    rows.back().outcome.is_drop10 = i % 2 == 0;
    rows.back().outcome.is_drop20 = i >= 39;
  }
  const auto sum = outcome_groups(campaign_of(rows), Grouping::layer).at(0).sum;
  EXPECT_EQ(sum.trials(), 40U);
  const auto &sdc5 = sum[Failure::sdc5], &drop10 = sum[Failure::drop10];
  EXPECT_EQ(sdc5.trials, 5U);
  EXPECT_DOUBLE_EQ(sdc5.share, 5.0 / 40);
  EXPECT_NEAR(sdc5.interval.low, clopper_pearson(5, 40).low, 1e-9);
  EXPECT_NEAR(sdc5.interval.high, clopper_pearson(5, 40).high, 1e-9);
  EXPECT_EQ(drop10.trials, 20U);
  EXPECT_EQ(drop10.interval, sum[OutcomeKind::sdc].interval);
  EXPECT_GT(drop10.images_interval.width(), sum[OutcomeKind::sdc].images_interval.width());
  EXPECT_EQ(sum[Failure::drop20].trials, 1U);
}

// The interval of all that are masked is that of 30 of 40, not a sum.
TEST(OutcomeGroups, CountAllThatAreMasked) {
  std::vector<Row> rows;
  for (std::uint32_t i = 0; i < 40; ++i)
    rows.push_back(product(0, i < 30 ? static_cast<OutcomeKind>(i % 3) : OutcomeKind::benign));
  const auto sum = outcome_groups(campaign_of(rows), Grouping::layer).at(0).sum;
  EXPECT_EQ(sum.counts(), (EventCounts{10, 10, 10, 10, 0, 30, 0, 0, 0}));
  EXPECT_NEAR(sum[Event::masked()].interval.low, wilson(30, 40).low, 1e-9);
  EXPECT_NEAR(sum[Event::masked()].interval.high, wilson(30, 40).high, 1e-9);
  EXPECT_EQ(name_of(Event::masked()), "masked");
}

// Bits of 3/4 and 1/4: 3/4 of 1/2 and 1/4 of 1, where the share of all trials is 2/3.
TEST(OutcomeGroups, WeighStrata) {
  auto rows = std::vector{product(1, OutcomeKind::sdc), product(1, OutcomeKind::benign),
                          product(1, OutcomeKind::sdc)};
  rows[2].fault.bit = 1;
  auto campaign = campaign_of(rows);
  campaign.strata = {
      {.site = Site::product, .layer = 1, .bit = 0, .population = 300, .weight = 0.75},
      {.site = Site::product, .layer = 1, .bit = 1, .population = 100, .weight = 0.25}};
  for (const auto grouping : {Grouping::layer, Grouping::channel, Grouping::golden_class})
    EXPECT_DOUBLE_EQ(outcome_groups(campaign, grouping).at(0).sum[OutcomeKind::sdc].share, 0.625);
  const auto bits = outcome_groups(campaign, Grouping::bit);
  EXPECT_EQ(indices(bits), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_DOUBLE_EQ(bits[0].sum[OutcomeKind::sdc].share, 0.5);
  campaign.strata.pop_back();
  EXPECT_THROW(outcome_groups(campaign, Grouping::layer), Error);
}

// A stratum that a group has no trials of may have any share there: half of the weight.
TEST(OutcomeGroups, AreWideWhereAStratumHasNoTrials) {
  auto campaign = campaign_of({product(1, OutcomeKind::benign)});
  campaign.strata = {{.site = Site::product, .bit = 0, .population = 100, .weight = 0.5},
                     {.site = Site::product, .bit = 1, .population = 100, .weight = 0.5}};
  EXPECT_GE(
      outcome_groups(campaign, Grouping::golden_class).at(0).sum[OutcomeKind::sdc].interval.high,
      0.5);
}

TEST(OutcomeGroups, KnowTheChannel) {
  const auto at = [](Site site, std::uint32_t element) {
    return row({.site = site, .layer = 1, .element = element}, OutcomeKind::benign);
  };
  // Outputs [.., 4 channels], weights [4 filters, 9], biases and scales [4].
  for (const auto& [fault, channel] :
       {std::pair(at(Site::accumulator, 6), 2U), std::pair(at(Site::activation_operand, 7), 3U),
        std::pair(at(Site::activation_memory, 4), 0U), std::pair(at(Site::weight_memory, 17), 1U),
        std::pair(at(Site::bias_memory, 3), 3U), std::pair(at(Site::scale_shift, 2), 2U)})
    EXPECT_EQ(indices(outcome_groups(campaign_of({fault}), Grouping::channel)),
              std::vector<std::uint32_t>{channel})
        << name_of(fault.fault.site);
  EXPECT_THROW(outcome_groups(campaign_of({at(Site::weight_memory, 36)}), Grouping::channel),
               Error);
}

TEST(OutcomeGroups, HaveNoChannelWhereAFaultReachesAll) {
  const auto array = row({.site = Site::array_weight, .element = 5}, OutcomeKind::sdc);
  auto scale = row({.site = Site::scale_shift, .layer = 1}, OutcomeKind::sdc);
  auto campaign = campaign_of({scale, array});
  campaign.channels[1].scales = 1;
  EXPECT_TRUE(outcome_groups(campaign, Grouping::channel).empty());
}

TEST(OutcomeGroups, KnowClassAndLabel) {
  const Fault fault{.site = Site::product, .layer = 1};
  const auto campaign =
      campaign_of({row(fault, OutcomeKind::sdc, 0, 2), row(fault, OutcomeKind::benign, 1, 2),
                   row(fault, OutcomeKind::sdc, 0, 0)});
  EXPECT_EQ(indices(outcome_groups(campaign, Grouping::golden_class)),
            (std::vector<std::uint32_t>{0, 2}));
  const auto labels = outcome_groups(campaign, Grouping::label);
  EXPECT_EQ(indices(labels), (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(labels[1].sum[OutcomeKind::sdc].trials, 2U);
}

TEST(OutcomeGroups, KnowTheElementOfTheArrayAlone) {
  const auto campaign =
      campaign_of({row({.site = Site::array_weight, .element = 5}, OutcomeKind::sdc),
                   row({.site = Site::array_weight, .element = 1}, OutcomeKind::benign),
                   product(1, OutcomeKind::sdc)});
  const auto groups = outcome_groups(campaign, Grouping::array_element);
  EXPECT_EQ(indices(groups), (std::vector<std::uint32_t>{1, 5}));
}

// Two permanent faults, each all alike: as two trials, not as four.
TEST(OutcomeGroups, TakeAPermanentFaultAsACluster) {
  std::vector<Row> rows;
  for (const std::uint32_t element : {0U, 4U})
    for (const std::uint32_t image : {0U, 1U})
      rows.push_back(row({.site = Site::accumulator, .layer = 1, .element = element},
                         OutcomeKind::benign, image));
  auto campaign = campaign_of(rows);
  campaign.is_permanent = true;
  const auto groups = outcome_groups(campaign, Grouping::channel);
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_NEAR(groups[0].sum[OutcomeKind::sdc].interval.high, 1 - std::sqrt(0.025), 1e-9);
}

TEST(OutcomeGroups, AddUpToTheirSite) {
  std::vector<Row> rows;
  for (std::uint32_t i = 0; i < 300; ++i)
    rows.push_back(row({.site = Site::accumulator, .layer = i % 2, .element = i / 7, .bit = i % 5},
                       static_cast<OutcomeKind>(i % kOutcomeKinds), i % 2,
                       static_cast<std::uint8_t>(i % 3)));
  const auto campaign = campaign_of(rows);
  for (int i = 0; i < kGroupings; ++i) {
    const auto grouping = static_cast<Grouping>(i);
    std::uint64_t trials = 0, sdc = 0;
    for (const auto& group : outcome_groups(campaign, grouping)) {
      trials += group.sum.trials();
      sdc += group.sum[OutcomeKind::sdc].trials;
    }
    EXPECT_EQ(trials, grouping == Grouping::array_element ? 0U : 300U) << name_of(grouping);
    EXPECT_EQ(sdc, grouping == Grouping::array_element ? 0U : 60U) << name_of(grouping);
  }
}

}  // namespace
}  // namespace citrine
