#include "graph/float_forward.h"

#include <gmock/gmock.h>

#include "graph/graph_builder.h"

namespace citrine {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using testing::float_forward;

// A graph of the input and one operation on it.
Network single(Shape input, Operation op, Weights weights = {}) {
  GraphBuilder builder(input);
  builder.add("n", op, {0});
  return {std::move(builder).build(), std::move(weights)};
}

std::vector<double> run(const Network& network, std::vector<double> image) {
  return float_forward(network, image);
}

const std::vector<double> kThreeByThree = {1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST(FloatForward, ConvolvesWithZerosAround) {
  const Operation op{.kind = OpKind::convolution,
                     .channels = 1,
                     .kernel = 3,
                     .stride = 2,
                     .padding = 1,
                     .has_bias = true};
  const auto network =
      single({3, 3, 1}, op,
             {{"n.weight", {{1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}}}, {"n.bias", {{1}, {0.5}}}});
  // 5*1 + 6*2 + 8*4 + 9*5, 4*2 + 5*3 + 7*5 + 8*6, 2*4 + 3*5 + 5*7 + 6*8, 1*5 + 2*6 + 4*8 + 5*9.
  EXPECT_THAT(run(network, kThreeByThree), ElementsAre(94.5, 106.5, 106.5, 94.5));
}

TEST(FloatForward, KeepsGroupsApart) {
  const Operation op{.kind = OpKind::convolution, .channels = 4, .groups = 2};
  const auto network =
      single({1, 1, 4}, op, {{"n.weight", {{4, 2, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8}}}});
  EXPECT_THAT(run(network, {1, 10, 100, 1000}), ElementsAre(21, 43, 6500, 8700));
}

TEST(FloatForward, NormalizesByRunningMoments) {
  const float variance = 4 - kBatchNormEpsilon;
  const auto network = single({1, 1, 1}, {.kind = OpKind::batch_norm},
                              {{"n.weight", {{1}, {3}}},
                               {"n.bias", {{1}, {0.25}}},
                               {"n.running_mean", {{1}, {1}}},
                               {"n.running_var", {{1}, {variance}}}});
  EXPECT_NEAR(run(network, {5})[0], 6.25, 1e-6);  // the variance is rounded to float
}

TEST(FloatForward, Rectifies) {
  EXPECT_THAT(run(single({1, 1, 3}, {.kind = OpKind::relu}), {-1, 2, 7}), ElementsAre(0, 2, 7));
  EXPECT_THAT(run(single({1, 1, 3}, {.kind = OpKind::relu6}), {-1, 2, 7}), ElementsAre(0, 2, 6));
}

TEST(FloatForward, PoolsWithPadding) {
  Operation op{.kind = OpKind::max_pool, .kernel = 2, .stride = 2, .padding = 1};
  EXPECT_THAT(run(single({3, 3, 1}, op), {-1, -2, -3, -4, -5, -6, -7, -8, -9}),
              ElementsAre(-1, -2, -4, -5));
  op.kind = OpKind::average_pool;
  EXPECT_THAT(run(single({3, 3, 1}, op), kThreeByThree), ElementsAre(0.25, 1.25, 2.75, 7));
}

TEST(FloatForward, AveragesWholeMaps) {
  EXPECT_THAT(run(single({2, 1, 2}, {.kind = OpKind::global_average_pool}), {1, 10, 2, 30}),
              ElementsAre(1.5, 20));
}

TEST(FloatForward, PadsAShortcutOnBothSides) {
  const Operation op{.kind = OpKind::shortcut, .channels = 4, .stride = 2};
  EXPECT_THAT(run(single({3, 1, 2}, op), {1, 2, 3, 4, 5, 6}), ElementsAre(0, 1, 2, 0, 0, 5, 6, 0));
}

TEST(FloatForward, FlattensChannelByChannel) {
  const Operation op{.kind = OpKind::fully_connected, .channels = 1, .has_bias = true};
  const auto network =
      single({1, 2, 2}, op, {{"n.weight", {{1, 4}, {1, 10, 100, 1000}}}, {"n.bias", {{1}, {0.5}}}});
  // Pixels (1, 2) and (3, 4): columns are channel 0 of both, then channel 1 of both.
  EXPECT_THAT(run(network, {1, 2, 3, 4}), ElementsAre(DoubleEq(1 + 30 + 200 + 4000 + 0.5)));
}

TEST(FloatForward, AddsAndConcatenates) {
  GraphBuilder builder({1, 1, 2});
  const int half = builder.relu("half", 0);
  const int sum = builder.add("sum", {.kind = OpKind::add}, {0, half, 0});
  builder.add("all", {.kind = OpKind::concat}, {sum, 0, half});
  const Network network{std::move(builder).build(), {}};
  EXPECT_THAT(run(network, {-1, 2}), ElementsAre(-2, 6, -1, 2, 0, 2));
}

TEST(FloatForward, RefusesAnImageOfAnotherSize) {
  EXPECT_THROW(run(single({1, 1, 3}, {.kind = OpKind::identity}), {1, 2}), Error);
}

}  // namespace
}  // namespace citrine
