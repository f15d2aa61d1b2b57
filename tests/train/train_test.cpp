#include "train/train.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "train/toy_data.h"

namespace citrine {
namespace {

using testing::all_of;
using ::testing::HasSubstr;
using testing::mixed_network;
using testing::quadrants;

TrainSettings short_training() {
  return {.epochs = 3,
          .batch = 16,
          .rate = 0.05,
          .label_smoothing = 0.1,
          .augmentation = {.crop_padding = 1, .flip = false, .cutout = 2, .mixup = 0.4}};
}

constexpr Key kKey{11, 12};

class Training : public ::testing::Test {
 protected:
  Dataset dataset = quadrants(200);
  Network network = mixed_network({8, 8, 1}, 4);
  std::vector<std::uint32_t> indices = all_of(dataset.train);

  TrainingState run(const TrainSettings& settings, const TrainHooks& hooks = {}) {
    return train(network, dataset, indices, settings, kKey, hooks);
  }
  std::string failure(const TrainSettings& settings) {
    try {
      run(settings);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(Training, LearnsSeparableImages) {
  const auto state = run({.epochs = 12, .batch = 16, .rate = 0.05, .augmentation = {0, false}});
  const auto result = evaluate({network.graph, state.weights}, dataset, dataset.test);
  EXPECT_EQ(result.total, 200);
  EXPECT_GE(result.correct, 190);
  ASSERT_EQ(state.history.size(), 12U);
  EXPECT_LT(state.history.back().loss, 0.5 * state.history.front().loss);
  EXPECT_LT(state.history.back().error_rate, 0.1);
}

TEST_F(Training, RepeatsItselfAndDependsOnTheKey) {
  const auto first = run(short_training());
  EXPECT_EQ(first.weights, run(short_training()).weights);
  EXPECT_NE(first.weights, train(network, dataset, indices, short_training(), {1, 2}).weights);
}

TEST_F(Training, GoesOnAfterAnyEpochToTheSameWeights) {
  std::vector<TrainingState> checkpoints;
  TrainHooks hooks;
  hooks.epoch_done = [&](const TrainingState& state) { checkpoints.push_back(state); };
  const auto unbroken = run(short_training(), hooks);
  ASSERT_EQ(checkpoints.size(), 3U);
  for (const auto& checkpoint : checkpoints) {
    TrainHooks resumed;
    resumed.resume = checkpoint;
    const auto again = run(short_training(), resumed);
    EXPECT_EQ(again.weights, unbroken.weights);
    EXPECT_EQ(again.momentum, unbroken.momentum);
    EXPECT_EQ(again.history, unbroken.history);
  }
}

TEST_F(Training, GoesOnAfterAStopInTheMiddleOfAnEpoch) {
  const auto unbroken = run(short_training());
  TrainHooks hooks;
  TrainHooks resumed;
  int batches = 0;
  hooks.epoch_done = [&](const TrainingState& state) { resumed.resume = state; };
  hooks.stop = [&] { return ++batches == 17; };  // 12 batches an epoch
  EXPECT_THROW(run(short_training(), hooks), Stopped);
  ASSERT_TRUE(resumed.resume);
  EXPECT_EQ(resumed.resume->epochs_done, 1);
  EXPECT_EQ(run(short_training(), resumed).weights, unbroken.weights);
}

// One step by hand: loss -log softmax of two logits, 1/2 and -1/2, from a fully connected layer on
// a 1x1 map; the image is of class 0.
TrainingState one_step(double label_smoothing) {
  GraphBuilder builder({1, 1, 1});
  builder.fully_connected("fc", 0, 2);
  Network network{std::move(builder).build(),
                  {{"fc.weight", {{2, 1}, {0.5F, -0.5F}}}, {"fc.bias", {{2}, {0, 0}}}}};
  Dataset dataset;
  dataset.mean = {0};
  dataset.deviation = {1};
  dataset.train = {{1, 1, 1}, 2, {255}, {0}, {}};
  const std::vector<std::uint32_t> indices{0};
  return train(network, dataset, indices,
               {.epochs = 1,
                .batch = 1,
                .rate = 0.1,
                .momentum = 0.9,
                .weight_decay = 0.01,
                .label_smoothing = label_smoothing,
                .augmentation = {0, false}},
               kKey);
}
const double kWrong = 1 / (1 + std::exp(1.0));  // probability of class 1

TEST(TrainingStep, IsNesterovWithDecay) {
  const auto state = one_step(0);
  const double gradient = -kWrong + 0.01 * 0.5;
  const double expected = 0.5 - 0.1 * (gradient + 0.9 * gradient);
  EXPECT_NEAR(state.weights.at("fc.weight").values[0], expected, 1e-6);
  EXPECT_NEAR(state.momentum.at("fc.weight").values[0], gradient, 1e-6);
  EXPECT_NEAR(state.weights.at("fc.bias").values[0], 0.19 * kWrong, 1e-6);
  EXPECT_NEAR(state.history[0].loss, -std::log(1 - kWrong), 1e-6);
}

// A share of 0.2 goes to both classes evenly: the target is 0.9 and 0.1.
TEST(TrainingStep, LabelSmoothingSharesTheTarget) {
  const auto state = one_step(0.2);
  EXPECT_NEAR(state.history[0].loss, -0.9 * std::log(1 - kWrong) - 0.1 * std::log(kWrong), 1e-6);
  EXPECT_NEAR(state.momentum.at("fc.weight").values[0], (1 - kWrong - 0.9) + 0.01 * 0.5, 1e-6);
}

TEST_F(Training, WithoutMomentumLearnsToo) {
  const auto state =
      run({.epochs = 8, .batch = 16, .rate = 0.2, .momentum = 0, .augmentation = {0, false}});
  EXPECT_LT(state.history.back().error_rate, 0.1);
}

// Losses of each batch with weights that stay as they are, so that only what is drawn counts.
std::vector<double> frozen_losses(const Dataset& dataset, const Network& network,
                                  const TrainSettings& settings) {
  std::vector<double> losses;
  TrainHooks hooks;
  hooks.progress = [&](int, std::int64_t, std::int64_t, double loss) { losses.push_back(loss); };
  train(network, dataset, all_of(dataset.train), settings, kKey, hooks);
  return losses;
}

TrainSettings frozen(int epochs, int batch) {
  return {.epochs = epochs,
          .batch = batch,
          .rate = 1e-30,
          .weight_decay = 0,
          .augmentation = {.crop_padding = 0, .flip = false}};
}

TEST_F(Training, EachEpochHasItsOwnOrder) {
  const auto losses = frozen_losses(dataset, network, frozen(2, 100));
  ASSERT_EQ(losses.size(), 4U);
  EXPECT_GT(std::abs(losses[0] - losses[2]), 1e-4);
}

// One batch of all images: their order changes its loss by rounding alone, their crops by more.
TEST_F(Training, EachEpochHasItsOwnAugmentation) {
  auto settings = frozen(2, 200);
  const auto plain = frozen_losses(dataset, network, settings);
  EXPECT_NEAR(plain[0], plain[1], 1e-5);
  settings.augmentation.crop_padding = 2;
  const auto cropped = frozen_losses(dataset, network, settings);
  EXPECT_GT(std::abs(cropped[0] - cropped[1]), 1e-4);
}

// Two images mixed with each other: only the weight of the mixture can change the loss.
TEST_F(Training, EachEpochHasItsOwnMixture) {
  const auto pair = quadrants(2);
  auto settings = frozen(3, 2);
  const auto plain = frozen_losses(pair, network, settings);
  EXPECT_NEAR(plain[0], plain[2], 1e-5);
  settings.augmentation.mixup = 1;
  const auto mixed = frozen_losses(pair, network, settings);
  EXPECT_GT(std::abs(mixed[0] - mixed[1]), 1e-4);
  EXPECT_GT(std::abs(mixed[1] - mixed[2]), 1e-4);
}

TEST_F(Training, BrokenWeightsNameTheEpoch) {
  auto settings = frozen(1, 200);  // one step, whose loss is finite
  settings.rate = 1e38;
  settings.weight_decay = 1e10;
  EXPECT_THAT(failure(settings), HasSubstr("diverged in epoch 1"));
}

TEST_F(Training, DivergenceNamesTheEpoch) {
  auto settings = short_training();
  settings.rate = 1e30;
  EXPECT_THAT(failure(settings), HasSubstr("diverged in epoch 1"));
}

TEST_F(Training, RefusesWrongSettings) {
  EXPECT_THAT(failure({.epochs = 1, .batch = 0}), HasSubstr("batch"));
  EXPECT_THAT(failure({.epochs = 1, .momentum = 1}), HasSubstr("momentum"));
  EXPECT_THAT(failure({.epochs = 1, .final_rate = -1}), HasSubstr("final_rate"));
  EXPECT_THAT(failure({.epochs = 1, .weight_decay = NAN}), HasSubstr("weight_decay"));
  EXPECT_THAT(failure({.epochs = 1, .device = "cudda"}), HasSubstr("cuda"));
  indices = {200};
  EXPECT_THAT(failure({.epochs = 1}), HasSubstr("200"));
  indices = {};
  EXPECT_THAT(failure({.epochs = 1}), HasSubstr("image"));
}

TEST_F(Training, WithoutACudaDeviceSaysSo) {
  auto settings = short_training();
  settings.device = "cuda";
  const auto message = failure(settings);
  if (message.empty()) GTEST_SKIP() << "a CUDA device answers";
  EXPECT_THAT(message, HasSubstr("no CUDA device"));
}

}  // namespace
}  // namespace citrine
