#include "lower/steps.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/random.h"

namespace citrine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const NumberFormat kLinear4("linear4");  // -8 to 7, encoded -7 to 7

TEST(Steps, TheCoveringOneReachesTheLargestMagnitude) {
  const std::vector<float> values{1.0F, -3.5F, 2.0F};
  EXPECT_EQ(covering_step(values, Rectifier::none, kLinear4, StepKind::free), 0.5);
  EXPECT_EQ(covering_step(values, Rectifier::none, kLinear4, StepKind::power_of_two), 0.5);
  EXPECT_EQ(covering_step(values, Rectifier::relu, kLinear4, StepKind::free), 2.0 / 7);
  EXPECT_EQ(covering_step(values, Rectifier::relu, kLinear4, StepKind::power_of_two), 0.5);
}

TEST(Steps, ThreeOctavesAreTried) {
  EXPECT_THAT(tried_steps(2, StepKind::power_of_two), ElementsAre(2, 1, 0.5, 0.25));
  const auto free = tried_steps(2, StepKind::free);
  ASSERT_EQ(free.size(), 25U);
  EXPECT_EQ(free[8], 1);
  EXPECT_EQ(free.back(), 0.25);
}

// 0.3 is stored as 0.5, 7 as 3.5 at a step of 0.5.
TEST(Steps, RoundingErrorByHand) {
  const std::vector<float> values{0.25F, -1.0F, 7.0F};
  EXPECT_DOUBLE_EQ(rounding_error(values, Rectifier::none, kLinear4, 0.5), 0.0625 + 12.25);
  EXPECT_DOUBLE_EQ(rounding_error(values, Rectifier::relu, kLinear4, 0.5), 0.0625 + 12.25);
  EXPECT_DOUBLE_EQ(rounding_error(values, Rectifier::relu6, kLinear4, 0.5), 0.0625 + 6.25);
}

double step_by(Criterion criterion, const std::vector<float>& values) {
  return fitting_step(values, Rectifier::none, kLinear4,
                      {.criterion = criterion, .steps = StepKind::free});
}

// An outlier of 70 beside 10,000 values from 0 to 7: max-abs covers it, the percentile does not,
// and to the mean square its clipping to 8.75 costs less than rounding the others more coarsely.
TEST(Steps, CriteriaDifferOnAnOutlier) {
  std::vector<float> values{70.0F};
  for (int i = 0; i < 10000; ++i) values.push_back(static_cast<float>(i) * 7 / 10000);
  EXPECT_DOUBLE_EQ(step_by(Criterion::max_abs, values), 10);
  EXPECT_NEAR(step_by(Criterion::percentile, values), 1, 0.001);
  EXPECT_DOUBLE_EQ(step_by(Criterion::mean_square, values), 10.0 / 8);
}

TEST(Steps, MeanSquareOfGaussianValuesIsTheBestFormatStep) {
  std::vector<float> values(200000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(normal({1, 2}, i));
  const double step = step_by(Criterion::mean_square, values);
  const double least = rounding_error(values, Rectifier::none, kLinear4, step);
  // 18.9 dB: docs/method.md, signal to noise with the best free step.
  EXPECT_NEAR(10 * std::log10(static_cast<double>(values.size()) / least), 18.9, 0.1);
  for (const double factor : {0.8, 1.25})
    EXPECT_GT(rounding_error(values, Rectifier::none, kLinear4, step * factor), least);
}

TEST(Steps, ZerosButForAFewKeepTheFewsRange) {
  std::vector<float> values(10000);
  values[3] = 7;
  EXPECT_EQ(step_by(Criterion::percentile, values), 1);
}

TEST(Steps, CriteriaHaveNames) {
  for (const auto name : criterion_names()) EXPECT_EQ(name_of(criterion(name)), name);
  EXPECT_THAT([] { criterion("mean-sqare"); },
              ThrowsMessage<Error>(HasSubstr("did you mean 'mean-square'?")));
}

}  // namespace
}  // namespace citrine
