// Differences of SDC shares between two networks.
#include "faultsim/share_comparison.h"

#include <gmock/gmock.h>

#include "faultsim/confidence_sequence.h"
#include "faultsim/paired_difference.h"
#include "kernels/error.h"

namespace citrine::testing {
namespace {

constexpr std::uint64_t kMany = std::uint64_t{1} << 60;

const std::vector<Stratum> kWhole = {{.site = Site::product, .population = kMany}};

Row row(std::uint32_t element, std::uint32_t image, bool is_sdc, std::uint32_t layer = 1) {
  return {.fault = {.site = Site::product, .layer = layer, .element = element},
          .image = image,
          .outcome = {.kind = is_sdc ? OutcomeKind::sdc : OutcomeKind::benign}};
}

struct Both {
  std::vector<Row> first, second;
};

// Pairs as counted, each on an image of its own.
Both rows_of(const PairedCounts& counts) {
  Both rows;
  const auto add = [&](std::uint64_t count, bool first, bool second) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto index = static_cast<std::uint32_t>(rows.first.size());
      rows.first.push_back(row(index, index, first));
      rows.second.push_back(row(index, index, second));
    }
  };
  add(counts.both, true, true);
  add(counts.only_first, true, false);
  add(counts.only_second, false, true);
  add(counts.neither, false, false);
  return rows;
}

ShareDifference difference(const std::vector<Row>& first, const std::vector<Row>& second) {
  return share_difference({first, kWhole}, {second, kWhole});
}

void expect_near(const Interval& interval, double low, double high, double tolerance = 1e-9) {
  EXPECT_NEAR(interval.low, low, tolerance);
  EXPECT_NEAR(interval.high, high, tolerance);
}

// Newcombe's example; the second less the first here.
TEST(ShareDifference, OfPairedRowsIsNewcombes) {
  const auto [first, second] = rows_of({20, 12, 2, 16});
  const auto result = difference(first, second);
  EXPECT_EQ(result.pairing, Pairing::row);
  EXPECT_DOUBLE_EQ(result.difference, -0.2);
  expect_near(result.interval, -0.32921, -0.05616, 5e-6);
}

TEST(ShareDifference, WithoutPairsIgnoresTheOrderOfRows) {
  auto [first, second] = rows_of({20, 12, 2, 16});
  for (auto& fault : second) ++fault.fault.element;
  const auto result = difference(first, second);
  EXPECT_EQ(result.pairing, Pairing::image);
  const auto a = share_interval({32, 50, kMany}), b = share_interval({22, 50, kMany});
  const auto expected = difference_interval({0.44, b}, {0.64, a}, 0);
  expect_near(result.interval, expected.low, expected.high);
  EXPECT_LT(expected.low, -0.37);
  std::ranges::reverse(second);
  expect_near(difference(first, second).interval, expected.low, expected.high);
}

TEST(ShareDifference, OfTheSameTrialsIsNothing) {
  const auto rows = rows_of({30, 0, 0, 70}).first;
  const auto result = difference(rows, rows);
  EXPECT_EQ(result.difference, 0);
  EXPECT_LT(result.interval.high, 0.03);
  EXPECT_NEAR(result.interval.low, -result.interval.high, 1e-12);
}

TEST(ShareDifference, TurnsItsSignWithTheOrder) {
  const auto [first, second] = rows_of({3, 12, 2, 40});
  const auto forth = difference(first, second), back = difference(second, first);
  EXPECT_EQ(forth.difference, -back.difference);
  expect_near(forth.interval, -back.interval.high, -back.interval.low);
  expect_near(forth.images_interval, -back.images_interval.high, -back.images_interval.low);
}

// Each image is hard for both networks or for none: the images' spread goes out of the difference.
TEST(ShareDifference, OfImagesUsesTheirCorrelation) {
  std::vector<Row> first, second, opposite;
  for (std::uint32_t image = 0; image < 20; ++image)
    for (std::uint32_t i = 0; i < 100; ++i) {
      first.push_back(row(i, image, i < (image % 2 == 0 ? 20U : 60U)));
      second.push_back(row(1000 + i, image, i < (image % 2 == 0 ? 25U : 65U)));
      opposite.push_back(row(1000 + i, image, i < (image % 2 == 0 ? 65U : 25U)));
    }
  const auto same = difference(first, second), other = difference(first, opposite);
  EXPECT_DOUBLE_EQ(same.difference, other.difference);
  EXPECT_EQ(same.images_interval.low, same.interval.low);
  EXPECT_LT(other.images_interval.low, 2 * other.interval.low);
}

// Shares 3/4 and 1/4 of two layers.
TEST(ShareDifference, WeighsStrata) {
  const std::vector<Stratum> strata = {
      {.site = Site::product, .layer = 1, .population = kMany, .weight = 0.75},
      {.site = Site::product, .layer = 2, .population = kMany, .weight = 0.25}};
  const std::vector<Row> first = {row(0, 0, true), row(1, 1, false), row(2, 2, true, 2)};
  const std::vector<Row> second = {row(0, 0, true), row(1, 1, true), row(2, 2, false, 2)};
  const auto result = share_difference({first, strata}, {second, strata});
  EXPECT_EQ(result.pairing, Pairing::row);
  EXPECT_DOUBLE_EQ(result.difference, 0.75 - 0.625);
  EXPECT_LT(result.interval.low, -0.5);
}

TEST(ShareDifference, AfterAStopRuleIsOfConfidenceSequences) {
  const auto [first, second] = rows_of({20, 12, 2, 16});
  const auto result = share_difference({first, kWhole, true}, {second, kWhole, true});
  const auto a = confidence_sequence({32, 50, kMany}, 0.975);
  const auto b = confidence_sequence({22, 50, kMany}, 0.975);
  expect_near(result.interval, b.low - a.high, b.high - a.low);
}

// Neyman's allocation drew most trials where they fail: 0.01 of the weight, half of the trials.
TEST(ShareDifference, OfAStoppedAndAStratifiedNetworkWeighsTheStrata) {
  const std::vector<Stratum> strata = {
      {.site = Site::product, .layer = 1, .population = kMany, .weight = 0.99},
      {.site = Site::product, .layer = 2, .population = kMany, .weight = 0.01}};
  std::vector<Row> stopped, stratified;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    stopped.push_back(row(i, i, i % 200 == 0));
    stratified.push_back(row(i, i, i % 4 == 0, i % 2 == 0 ? 2 : 1));
  }
  const SiteTrials first{stopped, kWhole, true}, second{stratified, strata};
  const auto result = share_difference(first, second);
  EXPECT_NEAR(result.difference, 0, 1e-12);
  EXPECT_LT(result.interval.low, 0);
  EXPECT_GT(result.interval.high, 0);
  const auto a = confidence_sequence({10, 2000, kMany}, 0.975);
  const auto b = count_outcomes(stratified, strata).interval(OutcomeKind::sdc, 0.975);
  expect_near(result.interval, b.low - a.high, b.high - a.low);
  const auto back = share_difference(second, first).interval;
  expect_near(back, -result.interval.high, -result.interval.low);
}

TEST(ShareDifference, NeedsTrialsOfBoth) {
  const auto rows = rows_of({1, 1, 1, 1}).first;
  EXPECT_THROW(difference(rows, {}), Error);
  EXPECT_THROW(difference({}, rows), Error);
}

// Residuals 1/2, -1/2 of the one and 1, -1 of the other.
TEST(ClusterCorrelation, IsOfWhatEachAdds) {
  const std::vector<Cluster> few = {{1, 2}, {0, 2}}, many = {{2, 2}, {0, 2}},
                             none = {{0, 2}, {0, 2}};
  const std::vector<Cluster> other = {{0, 2}, {2, 2}};
  EXPECT_DOUBLE_EQ(cluster_correlation(few, many), 1);
  EXPECT_DOUBLE_EQ(cluster_correlation(few, other), -1);
  EXPECT_EQ(cluster_correlation(few, none), 0);
  EXPECT_THROW(cluster_correlation(few, {}), Error);
}

// One stratum: the coefficient of the table, less half a pair; two: weights squared over trials.
TEST(Correlation, IsOfWeightedShares) {
  const StratumPairs one{1, {20, 12, 2, 16}};
  EXPECT_NEAR(correlation(std::span(&one, 1)),
              (20 * 16 - 12 * 2 - 25) / std::sqrt(32.0 * 18 * 22 * 28), 1e-12);
  const std::vector<StratumPairs> two = {{0.5, {20, 12, 2, 16}}, {0.5, {20, 12, 2, 16}}};
  EXPECT_NEAR(correlation(two), correlation(std::span(&one, 1)), 1e-12);
  const StratumPairs without{1, {0, 0, 3, 7}};
  EXPECT_EQ(correlation(std::span(&without, 1)), 0);
}

}  // namespace
}  // namespace citrine::testing
