// Intervals beyond one simple sample, by hand.
#include <algorithm>
#include <cfenv>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "faultsim/clusters.h"
#include "faultsim/confidence_sequence.h"
#include "faultsim/paired_difference.h"
#include "faultsim/stratification.h"
#include "kernels/error.h"

namespace citrine {
namespace {

void expect_near(const Interval& interval, double low, double high, double tolerance = 1e-12) {
  EXPECT_NEAR(interval.low, low, tolerance);
  EXPECT_NEAR(interval.high, high, tolerance);
}

// No hit in 5 of 10: C(6,5)/C(10,5) = 6/252 < 0.025 rules 4 hits out, C(7,5)/252 = 21/252 not 3.
// The others are summed in exact fractions.
TEST(FiniteInterval, IsExactForFewHits) {
  expect_near(share_interval({0, 5, 10}), 0, 0.3);
  expect_near(share_interval({5, 5, 10}), 0.7, 1);
  expect_near(share_interval({4, 500, 1000}), 0.004, 0.016);
  expect_near(share_interval({9, 40, 100}), 0.14, 0.35);
  expect_near(share_interval({31, 40, 100}), 0.65, 0.86);
  expect_near(share_interval({3, 10, 12}), 3.0 / 12, 5.0 / 12);
  expect_near(share_interval({1, 2, 3}), 1.0 / 3, 2.0 / 3);
}

TEST(FiniteInterval, IsOneValueWhenAllWereTried) {
  for (const std::uint64_t hits : {0, 1, 40, 99, 100})
    expect_near(share_interval({hits, 100, 100}), static_cast<double>(hits) / 100,
                static_cast<double>(hits) / 100);
}

// z^2 = 3.8415 is halved by (N-n)/(N-1) = 100/199: center (0.25 + 0.00965) / 1.0193.
TEST(FiniteInterval, IsWilsonsCorrectedForManyHits) {
  const double z2 = 3.841458820694124 * 100 / 199, n = 100;
  const double scale = 1 / (1 + z2 / n), center = scale * (0.25 + z2 / (2 * n));
  const double margin = scale * std::sqrt(z2 * (0.25 * 0.75 / n + z2 / (4 * n * n)));
  expect_near(share_interval({25, 100, 200}), center - margin, center + margin);
}

TEST(FiniteInterval, OfAnEndlessPopulationIsClopperAndPearsons) {
  for (const int exponent : {42, 60}) {
    const auto interval = share_interval({3, 1000, std::uint64_t{1} << exponent});
    const auto exact = clopper_pearson(3, 1000);
    expect_near(interval, exact.low, exact.high, 1e-7);
  }
}

// One hit of one: mixture 1/2 over likelihood p reaches 20 at p = 1/40. One hit of two: 1/8 over
// p (1-p) reaches 20 where p (1-p) = 1/160.
TEST(ConfidenceSequence, IsAsByHand) {
  const auto endless = std::uint64_t{1} << 60;
  expect_near(confidence_sequence({1, 1, endless}), 1.0 / 40, 1);
  expect_near(confidence_sequence({0, 1, endless}), 0, 39.0 / 40);
  const double low = (1 - std::sqrt(1 - 4.0 / 160)) / 2;
  expect_near(confidence_sequence({1, 2, endless}), low, 1 - low);
  expect_near(confidence_sequence({1, 1, endless}, 0.99), 1.0 / 200, 1);
}

// Nothing is zero times infinity, though all or no share may be the truth.
TEST(ConfidenceSequence, IsDefinedWithoutHitsOrMisses) {
  const auto endless = std::uint64_t{1} << 60;
  std::feclearexcept(FE_INVALID);
  for (const std::uint64_t hits : {0, 7}) {
    const auto interval = confidence_sequence({hits, 7, endless});
    EXPECT_EQ(hits == 0 ? interval.low : interval.high, hits == 0 ? 0 : 1);
  }
  EXPECT_FALSE(std::fetestexcept(FE_INVALID));
}

// Shares of a population that exact sums leave, by counting: 3 to 18 of 100, 0 to 8 of 200, 22 to
// 38 of 60. The interval is that of shares that need not be whole, so at most one hit wider.
TEST(ConfidenceSequence, OfAFinitePopulation) {
  const auto expect_counts = [](const SampleCounts& counts, double low, double high) {
    const auto interval = confidence_sequence(counts);
    const auto size = static_cast<double>(counts.population);
    EXPECT_EQ(std::ceil(interval.low * size - 1e-9), low);
    EXPECT_EQ(std::floor(interval.high * size + 1e-9), high);
  };
  expect_counts({3, 50, 100}, 3, 18);
  expect_counts({0, 100, 200}, 0, 8);
  expect_counts({20, 40, 60}, 22, 38);
  expect_counts({7, 20, 20}, 7, 7);
}

TEST(ConfidenceSequence, DoesNotJumpWhereThePopulationCountsAsEndless) {
  const auto below = confidence_sequence({12, 5000, (std::uint64_t{1} << 44) - 1});
  const auto above = confidence_sequence({12, 5000, std::uint64_t{1} << 44});
  expect_near(below, above.low, above.high, 1e-7);
  EXPECT_GT(above.width(), wilson(12, 5000).width());
}

TEST(StratifiedShare, OfOneStratumIsClopperAndPearsons) {
  for (const std::uint64_t hits : {0, 1, 7, 60}) {
    const StratumCounts stratum{1, {hits, 60, std::uint64_t{1} << 60}};
    const auto estimate = stratified_share(std::span(&stratum, 1));
    const auto exact = clopper_pearson(hits, 60);
    EXPECT_EQ(estimate.share, static_cast<double>(hits) / 60);
    expect_near(estimate.interval, exact.low, exact.high, 1e-9);
  }
}

// 3/4 of 1/10 and 1/4 of 4/10: 0.175, where the share of all trials is 0.25.
TEST(StratifiedShare, WeighsTheStrata) {
  const std::vector<StratumCounts> strata = {{0.75, {1, 10, 750}}, {0.25, {4, 10, 250}}};
  const auto estimate = stratified_share(strata);
  EXPECT_NEAR(estimate.share, 0.175, 1e-15);
  EXPECT_LT(estimate.interval.low, 0.08);
  EXPECT_GT(estimate.interval.high, 0.35);
  EXPECT_LT(estimate.interval.high, 0.5);
}

// Without hits the stratum whose trials weigh most bounds the share: 1 - 0.025^(1/10) of it.
TEST(StratifiedShare, IsNotSureOfZero) {
  const auto endless = std::uint64_t{1} << 60;
  const std::vector<StratumCounts> strata = {{0.5, {0, 10, endless}}, {0.5, {0, 1000, endless}}};
  const auto interval = stratified_share(strata).interval;
  EXPECT_EQ(interval.low, 0);
  EXPECT_NEAR(interval.high, 0.5 * (1 - std::pow(0.025, 0.1)), 0.01);
}

TEST(StratifiedShare, IsOneValueWhenAllWereTried) {
  const std::vector<StratumCounts> strata = {{0.5, {1, 4, 4}}, {0.5, {3, 4, 4}}};
  expect_near(stratified_share(strata).interval, 0.5, 0.5);
}

TEST(Allocation, IsProportionalAndAddsUp) {
  const std::vector<std::uint64_t> room(3, 1000);
  EXPECT_EQ(allocation(std::vector{1.0, 1.0, 2.0}, room, 100),
            (std::vector<std::uint64_t>{25, 25, 50}));
  EXPECT_EQ(allocation(std::vector{1.0, 1.0, 1.0}, room, 100),
            (std::vector<std::uint64_t>{34, 33, 33}));
  EXPECT_EQ(allocation(std::vector{0.0, 1.0, 1.0}, room, 0), (std::vector<std::uint64_t>{0, 0, 0}));
}

// The first is full at 5; 95 are left for 1 : 3.
TEST(Allocation, GivesWhatIsFullToTheOthers) {
  const std::vector<std::uint64_t> room = {5, 1000, 1000};
  EXPECT_EQ(allocation(std::vector{4.0, 1.0, 3.0}, room, 100),
            (std::vector<std::uint64_t>{5, 24, 71}));
  EXPECT_EQ(allocation(std::vector{4.0, 1.0, 3.0}, room, 2005),
            (std::vector<std::uint64_t>{5, 1000, 1000}));
  EXPECT_THROW(allocation(std::vector{4.0, 1.0, 3.0}, room, 2006), Error);
}

// Deviations sqrt(0.5 0.5) and sqrt(0.1 0.9) = 0.5 : 0.3, weights 1 : 1.
TEST(Allocation, IsNeymansAfterAPilot) {
  const std::vector<StratumCounts> pilot = {{0.5, {2, 4, 1000}}, {0.5, {0, 4, 1000}}};
  EXPECT_EQ(neyman_allocation(pilot, 80), (std::vector<std::uint64_t>{50, 30}));
  const std::vector<StratumCounts> uneven = {{0.75, {0, 4, 1000}}, {0.25, {0, 4, 1000}}};
  EXPECT_EQ(neyman_allocation(uneven, 80), (std::vector<std::uint64_t>{60, 20}));
}

// Clusters of 20: 2, 4, 6 and 8. Variance 4/3 (9 + 1 + 1 + 9) / 80^2 = 1/240 is 1.78 times
// p (1-p) / n; 20^2 / (81 + 1 + 1 + 81) - 1 = 1.44 degrees of freedom.
TEST(ClusterInterval, TakesTheVarianceBetweenClusters) {
  const std::vector<Cluster> clusters = {{2, 20}, {4, 20}, {6, 20}, {8, 20}};
  const double ratio = student_quantile(79, 0.95) / student_quantile(400.0 / 164 - 1, 0.95);
  const double trials = 0.1875 * 240 * ratio * ratio;
  EXPECT_GT(trials, 4);
  const auto expected = beta_interval(0.25 * trials, trials);
  expect_near(cluster_interval(clusters), expected.low, expected.high, 1e-9);
}

// As if each cluster were one trial.
TEST(ClusterInterval, OfFewThatDifferIsThatOfClusters) {
  const auto half = beta_interval(0.4, 2);
  expect_near(cluster_interval(std::vector<Cluster>{{0, 10}, {4, 10}}), half.low, half.high, 1e-9);
  std::vector<Cluster> clusters(50, {0, 100});
  clusters[7].hits = 40;
  const auto one = beta_interval(0.4, 50);
  expect_near(cluster_interval(clusters), one.low, one.high, 1e-9);
}

TEST(ClusterInterval, OfClustersOfOneIsAlmostClopperAndPearsons) {
  std::vector<Cluster> clusters(200, {0, 1});
  for (int i = 0; i < 20; ++i) clusters[static_cast<std::size_t>(i)].hits = 1;
  const auto exact = clopper_pearson(20, 200);
  expect_near(cluster_interval(clusters), exact.low, exact.high, 1e-3);
}

TEST(ClusterInterval, IsNotSureOfZero) {
  const auto none = clopper_pearson(0, 30);
  expect_near(cluster_interval(std::vector<Cluster>(30, {0, 100})), none.low, none.high, 1e-9);
}

// Newcombe 1998b: 36 both, 12 and 2 of one alone: 0.0569 to 0.3404.
TEST(DifferenceInterval, OfPairsIsNewcombes) {
  const auto difference = [](const PairedCounts& counts) {
    const auto pairs = counts.both + counts.only_first + counts.only_second + counts.neither;
    const auto estimate = [&](std::uint64_t failures) {
      return ShareEstimate{static_cast<double>(failures) / static_cast<double>(pairs),
                           wilson(failures, pairs)};
    };
    const StratumPairs all{.counts = counts};
    return difference_interval(estimate(counts.both + counts.only_first),
                               estimate(counts.both + counts.only_second),
                               correlation(std::span(&all, 1)));
  };
  expect_near(difference({36, 12, 2, 0}), 0.0569, 0.3404, 5e-5);
  expect_near(difference({20, 12, 2, 16}), 0.05616, 0.32921, 5e-6);
  expect_near(difference({2, 12, 20, 16}), -difference({2, 20, 12, 16}).high,
              -difference({2, 20, 12, 16}).low);
}

TEST(SamplingStatistics, RefuseWrongInput) {
  EXPECT_THROW(share_interval({1, 5, 4}), Error);
  EXPECT_THROW(confidence_sequence({0, 0, 4}), Error);
  EXPECT_THROW(confidence_sequence({3, 2, 4}), Error);
  EXPECT_THROW(confidence_sequence({1, 2, 4}, 1), Error);
  EXPECT_THROW(stratified_share({}), Error);
  EXPECT_THROW(stratified_share(std::vector<StratumCounts>{{1, {0, 0, 4}}}), Error);
  EXPECT_THROW(stratified_share(std::vector<StratumCounts>{{0.5, {0, 1, 4}}}), Error);
  EXPECT_THROW(stratified_share(std::vector<StratumCounts>{{-1, {0, 1, 4}}, {2, {0, 1, 4}}}),
               Error);
  EXPECT_THROW(neyman_allocation(std::vector<StratumCounts>{{1, {0, 2, 4}}}, 3), Error);
  EXPECT_THROW(cluster_interval(std::vector<Cluster>{{1, 5}}), Error);
  EXPECT_THROW(cluster_interval(std::vector<Cluster>{{6, 5}, {1, 5}}), Error);
}

}  // namespace
}  // namespace citrine
