#include "train/quantized_module.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/random.h"
#include "quant/forward.h"

namespace citrine {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

constexpr float kLn2 = std::numbers::ln2_v<float>;

IntegerLayer input_layer(int channels, double step) {
  IntegerLayer layer;
  layer.name = "input";
  layer.channels = channels;
  layer.format = {NumberFormat("linear8"), step};
  layer.low = layer.format.number.lowest();
  layer.high = layer.format.number.highest();
  return layer;
}

// 1x1, one filter; its accumulators are the logits.
IntegerLayer last_layer(std::vector<std::int16_t> weights, double step) {
  IntegerLayer layer;
  layer.name = "last";
  layer.kind = LayerKind::convolution;
  layer.inputs = {0};
  layer.convolution = {.channels = static_cast<int>(weights.size()), .filters = 1};
  layer.weight_format = NumberFormat("linear4");
  layer.weight_steps = {step};
  layer.weights = std::move(weights);
  layer.bias = {4};
  layer.low = -127;
  layer.high = 127;
  layer.format.number = NumberFormat("linear8");
  return layer;
}

// Input step 1/4, weight 3/2 of step 1/2, bias 4/8: an image of 1 gives 2.
LatentNetwork one_weight() {
  return latent_network({{input_layer(1, 0.25), last_layer({3}, 0.5)}});
}

const std::vector<float> kOne{1.0F};

TEST(QuantizedModule, LogitsByHand) {
  EXPECT_THAT(QuantizedModule(one_weight()).logits(kOne), ElementsAre(2.0F));
}

// The loss is (2 - 1)^2 / 1^2, its derivative by the logit 2.
TEST(QuantizedModule, GradientByHand) {
  auto latent = one_weight();
  latent.layers[1].weights = {1.6F};  // 3.2 steps
  const auto gradient = QuantizedModule(latent).gradient(kOne, kOne);
  EXPECT_THAT(gradient[1].weights, ElementsAre(FloatEq(2)));
  EXPECT_THAT(gradient[1].bias, ElementsAre(FloatEq(2)));
  EXPECT_NEAR(gradient[1].weight_exponents[0], 2 * (3 - 3.2F) * 0.5F * kLn2, 1e-6);
  EXPECT_FLOAT_EQ(gradient[0].exponent, 0);  // 1 is four steps
}

// A weight of ten steps is clipped to seven: the logit is 4, the loss's derivative 6.
TEST(QuantizedModule, AClippedWeightHasNoGradientButItsStepHas) {
  auto latent = one_weight();
  latent.layers[1].weights = {5.0F};
  const auto gradient = QuantizedModule(latent).gradient(kOne, kOne);
  EXPECT_THAT(gradient[1].weights, ElementsAre(0.0F));
  EXPECT_NEAR(gradient[1].weight_exponents[0], 6 * 7 * 0.5F * kLn2, 1e-5);
}

// 1.1 is 4.4 input steps, rounded to 4.
TEST(QuantizedModule, TheInputsStepHasTheGradientOfItsRounding) {
  const auto gradient = QuantizedModule(one_weight()).gradient(std::vector{1.1F}, kOne);
  EXPECT_NEAR(gradient[0].exponent, 2 * 1.5F * (4 - 4.4F) * 0.25F * kLn2, 1e-5);
}

struct Sample {
  LatentNetwork latent;
  std::vector<float> images, targets;
};

// Ten weights off their steps, eight images.
Sample sample() {
  Sample sample{latent_network(
                    {{input_layer(10, 1.0 / 64), last_layer(std::vector<std::int16_t>(10), 0.25)}}),
                {},
                {}};
  const Key key{5, 6};
  for (std::uint64_t i = 0; i < 10; ++i)
    sample.latent.layers[1].weights[i] =
        0.3F * static_cast<float>(normal(split(key, "weights"), i));
  for (std::uint64_t i = 0; i < 80; ++i)
    sample.images.push_back(0.5F * static_cast<float>(normal(split(key, "images"), i)));
  for (std::uint64_t i = 0; i < 8; ++i)
    sample.targets.push_back(static_cast<float>(normal(split(key, "targets"), i)));
  return sample;
}

double loss(const Sample& sample) {
  const auto logits = QuantizedModule(sample.latent).logits(sample.images);
  double difference = 0, square = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    difference += std::pow(double{logits[i]} - double{sample.targets[i]}, 2);
    square += std::pow(double{sample.targets[i]}, 2);
  }
  return difference / square;
}

// Central difference of the loss by one of the sample's values.
double difference(Sample sample, float& (*value)(Sample&), float change) {
  value(sample) += change;
  const double above = loss(sample);
  value(sample) -= 2 * change;
  return (above - loss(sample)) / (2 * double{change});
}

// The loss is quadratic in a weight and in the bias, so that central differences of whole steps are
// exact but for float sums.
TEST(QuantizedModule, GradientsAreTheDifferencesOfWholeSteps) {
  auto subject = sample();
  const auto gradient = QuantizedModule(subject.latent).gradient(subject.images, subject.targets);
  EXPECT_NEAR(
      gradient[1].weights[0],
      difference(
          subject, [](Sample& s) -> float& { return s.latent.layers[1].weights[0]; }, 0.25F),
      1e-4);
  EXPECT_NEAR(gradient[1].bias[0],
              difference(
                  subject, [](Sample& s) -> float& { return s.latent.layers[1].bias[0]; }, 1.0F),
              1e-4);
}

// All weights are clipped, the bias is 0, and the input's values lie on its steps: nothing is
// rounded.
TEST(QuantizedModule, TheGradientOfAFreeStepIsTheDifference) {
  auto subject = sample();
  subject.latent.has_free_steps = true;
  subject.latent.layers[1].bias = {0};
  for (float& weight : subject.latent.layers[1].weights) weight = std::copysign(10.0F, weight);
  for (float& value : subject.images) value = std::round(value * 64) / 64;
  const auto gradient = QuantizedModule(subject.latent).gradient(subject.images, subject.targets);
  const auto expected = difference(
      subject, [](Sample& s) -> float& { return s.latent.layers[1].weight_exponents[0]; }, 1e-2F);
  EXPECT_NEAR(gradient[1].weight_exponents[0], expected, 1e-3 * std::abs(expected));
}

TEST(QuantizedModule, StepsLowerTheLoss) {
  const auto subject = sample();
  QuantizedModule module(subject.latent);
  const TuneRates rates{.values = 0.05, .exponents = 0.01};
  const double before = module.step(subject.images, subject.targets, rates);
  EXPECT_NEAR(before, loss(subject), 1e-5);
  double after = before;
  for (int i = 0; i < 100; ++i) after = module.step(subject.images, subject.targets, rates);
  EXPECT_LT(after, before / 3);
}

TEST(QuantizedModule, RefusesTargetsThatDoNotFit) {
  QuantizedModule module(one_weight());
  EXPECT_THROW(module.gradient(kOne, std::vector{1.0F, 2.0F}), Error);
}

// A bias of 2^20 in units of 2^-15 would take 36 bits.
TEST(LatentNetwork, StepsAreMadeCoarserWhereAnAccumulatorWouldOverflow) {
  auto latent = one_weight();
  latent.layers[1].bias = {0x1p20F};
  latent.layers[1].weight_exponents = {-13};
  fit_accumulators(latent);
  EXPECT_THAT(latent.layers[1].weight_exponents, ElementsAre(-8.0F));
  check(rounded(latent));
  latent.form.layers[1].accumulator.bits = 28;
  fit_accumulators(latent);
  EXPECT_THAT(latent.layers[1].weight_exponents, ElementsAre(-4.0F));
  check(rounded(latent));
  latent.layers[1].weight_exponents = {-13};
  latent.form.layers[1].accumulator.overflow = Overflow::wrap;
  fit_accumulators(latent);
  EXPECT_THAT(latent.layers[1].weight_exponents, ElementsAre(-13.0F));
  check(rounded(latent));
}

TEST(LatentNetwork, StepsArePowersOfTwoUnlessFree) {
  auto latent = one_weight();
  latent.layers[0].exponent = -2.4F;
  EXPECT_EQ(rounded(latent).input().format.step, 0.25);
  latent.has_free_steps = true;
  EXPECT_NEAR(rounded(latent).input().format.step, std::exp2(-2.4), 1e-7);
}

}  // namespace
}  // namespace citrine
