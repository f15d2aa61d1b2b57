#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "published_resnet20.h"
#include "train/toy_data.h"
#include "train/train.h"

namespace citrine {
namespace {

using testing::PublishedResNet20;

TEST_F(PublishedResNet20, EvaluatesAsPublished) {
  const auto result = evaluate(network, dataset, dataset.test);
  EXPECT_EQ(result.total, 1000);
  EXPECT_EQ(result.correct, 915);
  const auto expected = published_logits();
  ASSERT_EQ(expected.size(), result.logits.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(result.logits[i], expected[i], 1e-4) << i;
}

TEST(Evaluate, DoesNotDependOnTheBatch) {
  const auto dataset = testing::quadrants(50);
  const auto network = testing::mixed_network({8, 8, 1}, 4);
  const auto one = evaluate(network, dataset, dataset.test, {.batch = 1});
  const auto many = evaluate(network, dataset, dataset.test, {.batch = 33});
  EXPECT_EQ(one.correct, many.correct);
  ASSERT_EQ(one.logits.size(), 200U);
  for (std::size_t i = 0; i < one.logits.size(); ++i)
    EXPECT_NEAR(one.logits[i], many.logits[i], 1e-5);  // sums in another order
}

TEST(Evaluate, ReportsEachBatchAndEndsWhenToldTo) {
  const auto dataset = testing::quadrants(50);
  const auto network = testing::mixed_network({8, 8, 1}, 4);
  std::vector<std::int64_t> seen;
  evaluate(network, dataset, dataset.test,
           {.batch = 20, .progress = [&](std::int64_t done, std::int64_t total) {
              EXPECT_EQ(total, 50);
              seen.push_back(done);
            }});
  EXPECT_EQ(seen, (std::vector<std::int64_t>{20, 40, 50}));
  EXPECT_THROW(evaluate(network, dataset, dataset.test,
                        {.progress = [](auto...) { throw Stopped("enough"); }}),
               Stopped);
}

TEST(Evaluate, RefusesImagesThatDoNotFit) {
  const auto dataset = testing::quadrants(4);
  const auto network = testing::mixed_network({8, 8, 3}, 4);
  EXPECT_THROW(evaluate(network, dataset, dataset.test), Error);
  EXPECT_THROW(evaluate(testing::mixed_network({8, 8, 1}, 5), dataset, dataset.test), Error);
}

// Finite weights, but a logit of 1e38 * 1e38; no class is the right one for such an image.
TEST(Evaluate, RefusesLogitsThatAreNotFinite) {
  const auto dataset = testing::quadrants(4);
  auto network = testing::mixed_network({8, 8, 1}, 4);
  network.weights.at("norm.weight").values.assign(32, 1e38F);
  network.weights.at("norm.bias").values.assign(32, 1e38F);
  network.weights.at("classify.weight").values.assign(128, 3e38F);
  EXPECT_THAT([&] { evaluate(network, dataset, dataset.test); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("must be finite")));
}

// Sums and pools of a 2x2 map with two channels, by hand.
TEST(Activations, AreChannelsLast) {
  GraphBuilder builder({2, 2, 2});
  const int skip = builder.add("skip", {.kind = OpKind::shortcut, .channels = 4, .stride = 2}, {0});
  const int pool = builder.add("pool", {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {0});
  const int mean = builder.add("mean", {.kind = OpKind::global_average_pool}, {0});
  const int both = builder.add("both", {.kind = OpKind::concat}, {pool, mean});
  builder.add("sum", {.kind = OpKind::add}, {skip, both});
  const Network network{std::move(builder).build(), {}};
  const std::vector<float> image{1, -1, 2, -2, 3, -3, 6, -6};
  const auto values = activations(network, image, 1);
  EXPECT_EQ(values[0], image);
  EXPECT_EQ(values[static_cast<std::size_t>(skip)], (std::vector<float>{0, 1, -1, 0}));
  EXPECT_EQ(values[static_cast<std::size_t>(both)], (std::vector<float>{6, -1, 3, -3}));
  EXPECT_EQ(values.back(), (std::vector<float>{6, 0, 2, -3}));
}

TEST(Activations, EndInTheLogits) {
  const auto dataset = testing::quadrants(70);
  const auto network = testing::mixed_network({8, 8, 1}, 4);
  std::vector<float> images(70 * 64);
  normalize(dataset, dataset.test.pixels, images);
  const auto values = activations(network, images, 70);
  const auto logits = evaluate(network, dataset, dataset.test).logits;
  ASSERT_EQ(values.back().size(), logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) EXPECT_NEAR(values.back()[i], logits[i], 1e-5);
}

}  // namespace
}  // namespace citrine
