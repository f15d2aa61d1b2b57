// Short versions of the simulations in docs/method.md. Standard error of a coverage of 95 % over
// 2000 runs: 0.5 %, over 300 runs: 1.3 %.
#include "coverage.h"

#include <gtest/gtest.h>

#include "comparison_coverage.h"
#include "faultsim/confidence_sequence.h"

namespace citrine::testing {
namespace {

constexpr std::uint64_t kRuns = 2000, kFewRuns = 300;

TEST(Coverage, OfOneLook) {
  for (const double share : {1e-4, 1e-3, 1e-2, 0.1, 0.5}) {
    const Simulation many{.share = share, .trials = 4000, .runs = kRuns};
    EXPECT_GT(fixed_coverage(share_interval, many).covered, 0.935) << share;
  }
}

// Without the population's end, half of a population is covered by far wider intervals.
TEST(Coverage, OfHalfAPopulation) {
  for (const double share : {0.004, 0.02, 0.5}) {
    const Simulation half{.share = share, .trials = 500, .population = 1000, .runs = kRuns};
    const auto coverage = fixed_coverage(share_interval, half);
    EXPECT_GT(coverage.covered, 0.935) << share;
    auto endless = half;
    endless.population = std::uint64_t{1} << 60;
    EXPECT_LT(coverage.width, 0.8 * fixed_coverage(share_interval, endless).width) << share;
  }
}

TEST(Coverage, SurvivesLooking) {
  for (const double share : {1e-3, 0.1, 0.5}) {
    const Simulation often{.share = share, .trials = 3000, .runs = kFewRuns, .step = 20};
    EXPECT_GT(peeking_coverage(confidence_sequence, often).covered, 0.95) << share;
    const auto naive = [](const SampleCounts& counts, double confidence) {
      return wilson(counts.hits, counts.trials, confidence);
    };
    EXPECT_LT(peeking_coverage(naive, often).covered, 0.85) << share;
  }
}

// Without replacement to the last trial, where the interval is the truth.
TEST(Coverage, SurvivesLookingAtAWholePopulation) {
  for (const double share : {0.005, 0.1, 0.5}) {
    const Simulation whole{
        .share = share, .trials = 1000, .population = 1000, .runs = kFewRuns, .step = 100};
    EXPECT_GT(peeking_coverage(confidence_sequence, whole).covered, 0.95) << share;
    EXPECT_LT(stopping_coverage(confidence_sequence, 0, whole).width, 1e-9) << share;
  }
}

TEST(Coverage, SurvivesStopping) {
  for (const double share : {1e-3, 0.1}) {
    const Simulation many{.share = share, .trials = 100'000, .runs = kFewRuns};
    const auto coverage = stopping_coverage(confidence_sequence, 0.02, many);
    EXPECT_GT(coverage.covered, 0.95) << share;
    EXPECT_LE(coverage.width, 0.02) << share;
    EXPECT_LT(coverage.trials, 30'000) << share;
  }
}

TEST(Coverage, OfStrataAfterAPilot) {
  for (const double share : {1e-3, 1e-2, 0.05}) {
    const Simulation many{.share = share, .trials = 5000, .runs = kRuns};
    const auto coverage = stratified_coverage(many);
    EXPECT_GT(coverage.covered, 0.935) << share;
    const double simple = fixed_coverage(share_interval, many).width;
    EXPECT_LT(coverage.width, share < 1e-2 ? 1.3 * simple : simple) << share;
  }
}

// Also where a few of thirty faults hold nearly all failures.
TEST(Coverage, OfPermanentFaults) {
  for (const double share : {0.01, 0.1})
    for (const double correlation : {0.01, 0.5}) {
      const Simulation many{.share = share, .trials = 3000, .runs = kFewRuns};
      const ClusterModel model{
          .clusters = 30, .correlation = correlation, .rule = ClusterRule::permanent};
      EXPECT_GT(cluster_coverage(model, many).covered, 0.91) << share << ' ' << correlation;
    }
}

// Half of all hits are in one cluster or two.
TEST(Coverage, OfClustersOfWhichFewHaveNearlyAll) {
  for (const double share : {1e-3, 1e-2}) {
    const Simulation many{.share = share, .trials = 6400, .runs = kFewRuns};
    EXPECT_GT(cluster_coverage({.correlation = 0.5}, many).covered, 0.93) << share;
  }
}

TEST(Coverage, OfClusters) {
  for (const double share : {1e-2, 0.5}) {
    const Simulation many{.share = share, .trials = 6400, .runs = kFewRuns};
    EXPECT_GT(cluster_coverage({.correlation = 0.02}, many).covered, 0.91) << share;
    EXPECT_LT(cluster_coverage({.correlation = 0.02, .rule = ClusterRule::ignored}, many).covered,
              0.85)
        << share;
  }
}

TEST(Coverage, OfPairedRows) {
  for (const double share : {1e-3, 0.1, 0.5}) {
    const Simulation many{.share = share, .trials = 4000, .runs = kRuns};
    const auto paired = pair_coverage({}, many);
    EXPECT_GT(paired.covered, 0.93) << share;
    if (share == 0.5) continue;  // where failures of one leave little room for the other
    EXPECT_LT(paired.width, 0.85 * pair_coverage({.is_paired = false}, many).width) << share;
  }
}

TEST(Coverage, OfAStoppedAndAStratifiedNetwork) {
  for (const double share : {0.005, 0.1}) {
    const Simulation some{.share = share, .trials = 2000, .runs = kFewRuns};
    const auto coverage = stopped_coverage(0.05, some);
    EXPECT_GT(coverage.covered, 0.95) << share;
    EXPECT_LT(coverage.width, 0.2) << share;
  }
}

TEST(Coverage, OfImagesUnderTwoNetworks) {
  for (const double share : {1e-2, 0.1, 0.5}) {
    const Simulation many{.share = share, .trials = 6400, .runs = kFewRuns};
    const auto shared = image_coverage({}, many);
    EXPECT_GT(shared.covered, 0.92) << share;
    EXPECT_GT(image_coverage({.is_shared = false}, many).covered, 0.91) << share;
    EXPECT_LT(shared.width, 0.75 * image_coverage({.is_ignored = true}, many).width) << share;
  }
}

// Faults that reach many images at once need rates at which most seeds meet one.
TEST(Coverage, OfRatesOfARise) {
  for (const double rise : {0.01, 0.05, 0.1})
    EXPECT_GT(rise_coverage({.rise = rise}, kFewRuns).covered, 0.94) << rise;
  EXPECT_GT(rise_coverage({.is_heavy = true, .rise = 0.1}, kFewRuns).covered, 0.88);
  EXPECT_LT(rise_coverage({.is_heavy = true, .rise = 0.01}, kFewRuns).covered, 0.7);
  EXPECT_GT(band_coverage({}, 1e-4, kRuns).covered, 0.935);
}

TEST(Coverage, OfRatiosOfRates) {
  for (const bool is_heavy : {false, true})
    EXPECT_GT(ratio_coverage({.is_heavy = is_heavy}, 40).covered, 0.85) << is_heavy;
}

}  // namespace
}  // namespace citrine::testing
