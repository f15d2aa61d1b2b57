#include <cmath>

#include <gtest/gtest.h>

#include "train/train.h"

namespace citrine {
namespace {

TEST(LearningRate, FollowsOneCosine) {
  const TrainSettings settings{.epochs = 20, .rate = 0.01, .final_rate = 0.002};
  EXPECT_DOUBLE_EQ(learning_rate(settings, 0), 0.01);
  EXPECT_NEAR(learning_rate(settings, 10), 0.006, 1e-12);
  EXPECT_NEAR(learning_rate(settings, 5), 0.006 + 0.004 * std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(learning_rate(settings, 20), 0.002, 1e-12);
}

TEST(LearningRate, RestartsWithLongerCosines) {
  const TrainSettings settings{.epochs = 7, .rate = 1, .restart_epochs = 1, .restart_factor = 2};
  for (const double start : {0.0, 1.0, 3.0}) EXPECT_DOUBLE_EQ(learning_rate(settings, start), 1);
  EXPECT_NEAR(learning_rate(settings, 0.5), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate(settings, 2), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate(settings, 5), 0.5, 1e-12);
  EXPECT_LT(learning_rate(settings, 2.999), 1e-4);
}

}  // namespace
}  // namespace citrine
