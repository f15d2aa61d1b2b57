#include "faultsim/exhaustive_groups.h"

#include <gtest/gtest.h>

#include "kernels/error.h"

namespace citrine {
namespace {

// Two images; of both layers' products one bit each, of layer 1 a second one.
ExhaustiveResult sample() {
  return {.labels = {2, 1},
          .classes = {2, 0},
          .counts = {{0, 1, {Site::product, 0}, {5, 0, 0, 0, 5, 5, 1, 4, 2}},
                     {0, 1, {Site::product, 3}, {0, 0, 0, 10, 0, 0}},
                     {0, 2, {Site::product, 0}, {0, 0, 19, 0, 1, 19}},
                     {1, 1, {Site::product, 0}, {10, 0, 0, 0, 0, 10}},
                     {1, 1, {Site::product, 3}, {0, 0, 0, 7, 3, 0}},
                     {1, 2, {Site::product, 0}, {0, 0, 20, 0, 0, 20}}},
          .criticality = {}};
}

TEST(ExhaustiveGroups, AddUpBySite) {
  const auto sites = exhaustive_groups(sample());
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_EQ(sites[0].sum.trials(), 80U);
  EXPECT_EQ(sites[0].sum[OutcomeKind::sdc].trials, 9U);
  EXPECT_DOUBLE_EQ(sites[0].sum[OutcomeKind::sdc].share, 9.0 / 80);
  EXPECT_FALSE(sites[0].sum[OutcomeKind::sdc].interval.is_known());
  EXPECT_LT(sites[0].sum[OutcomeKind::sdc].images_interval.low, 9.0 / 80);
  EXPECT_EQ(sites[0].sum.counts(), (EventCounts{15, 0, 39, 17, 9, 54, 1, 4, 2}));
  EXPECT_DOUBLE_EQ(sites[0].sum[Failure::drop10].share, 4.0 / 80);
  EXPECT_GT(sites[0].sum[Failure::drop10].images_interval.high, 4.0 / 80);
  EXPECT_EQ(image_sdc_shares(sample(), Site::product), (std::vector{6.0 / 40, 3.0 / 40}));
}

// The first image alone.
TEST(ExhaustiveGroups, AddUpWhatIsRightWithoutFaults) {
  const auto sites = right_exhaustive_groups(sample());
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_EQ(sites[0].sum.trials(), 40U);
  EXPECT_EQ(sites[0].sum[OutcomeKind::sdc].trials, 6U);
}

TEST(ExhaustiveGroups, OfNoImageThatIsRightHaveNoInterval) {
  auto result = sample();
  result.labels = {0, 1};
  const auto sites = right_exhaustive_groups(result);
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_EQ(sites[0].site, Site::product);
  EXPECT_EQ(sites[0].sum.trials(), 0U);
  EXPECT_FALSE(sites[0].sum[OutcomeKind::sdc].images_interval.is_known());
}

TEST(ExhaustiveGroups, AddUpByLayerBitAndClass) {
  const auto layers = exhaustive_groups(sample(), Grouping::layer);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_DOUBLE_EQ(layers[0].sum[OutcomeKind::sdc].share, 8.0 / 40);
  EXPECT_DOUBLE_EQ(layers[1].sum[OutcomeKind::sdc].share, 1.0 / 40);
  const auto bits = exhaustive_groups(sample(), Grouping::bit);
  ASSERT_EQ(bits.size(), 3U);
  EXPECT_EQ(bits[1].index, 3U);
  EXPECT_DOUBLE_EQ(bits[1].sum[OutcomeKind::sdc].share, 3.0 / 20);
  const auto classes = exhaustive_groups(sample(), Grouping::golden_class);
  ASSERT_EQ(classes.size(), 2U);
  EXPECT_EQ(classes[0].index, 0U);
  EXPECT_DOUBLE_EQ(classes[0].sum[OutcomeKind::sdc].share, 3.0 / 40);
  EXPECT_THROW(exhaustive_groups(sample(), Grouping::channel), Error);
}

}  // namespace
}  // namespace citrine
