// What the batch norm of an inserted convolution believes of what it reads.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "morph/morph.h"

namespace citrine {
namespace {

// Running mean and variance of the new batch norm behind `activation`, which itself is behind a
// batch norm of this shift and scale.
std::pair<float, float> statistics(OpKind activation, float shift, float scale) {
  GraphBuilder builder({2, 2, 1});
  const int x = builder.batch_norm("bn", builder.convolution("conv", 0, {.channels = 1}));
  builder.fully_connected("logits", builder.add("act", {.kind = activation}, {x}), 2);
  const auto graph = std::move(builder).build();
  Network network = {graph, random_weights(graph, {1, 2})};
  network.weights.at("bn.bias").values = {shift};
  network.weights.at("bn.weight").values = {scale};
  const auto weights = apply(Operator::insert_convolution, network, {3, 4}).network.weights;
  return {weights.at("insert1.bn.running_mean").values[0],
          weights.at("insert1.bn.running_var").values[0]};
}

// Mean and variance of a normal variable cut to [0, ceiling], by sums over a fine grid.
std::pair<double, double> integrated(double mean, double deviation, double ceiling) {
  double weights = 0, first = 0, second = 0;
  for (double z = -8; z <= 8; z += 1e-4) {
    const double weight = std::exp(-z * z / 2);
    const double value = std::clamp(mean + deviation * z, 0.0, ceiling);
    weights += weight, first += weight * value, second += weight * value * value;
  }
  first /= weights;
  return {first, second / weights - first * first};
}

// Float statistics against double sums.
TEST(InsertConvolution, BelievesTheMomentsOfTheActivation) {
  for (const auto activation : {OpKind::relu, OpKind::relu6})
    for (const float shift : {-3.0F, 0.0F, 4.0F, 7.0F})
      for (const float scale : {0.5F, -3.0F}) {
        const double ceiling =
            activation == OpKind::relu6 ? 6 : std::numeric_limits<double>::infinity();
        const auto [mean, variance] = integrated(shift, std::abs(scale), ceiling);
        const auto [got_mean, got_variance] = statistics(activation, shift, scale);
        EXPECT_NEAR(got_mean, mean, 1e-5) << shift << ", " << scale;
        EXPECT_NEAR(got_variance, variance, 1e-5) << shift << ", " << scale;
      }
}

TEST(InsertConvolution, BelievesInConstantsWhereTheScaleIsZero) {
  using Pair = std::pair<float, float>;
  EXPECT_EQ(statistics(OpKind::relu, 10, 0), (Pair{10, 0}));
  EXPECT_EQ(statistics(OpKind::relu6, 10, 0), (Pair{6, 0}));
  EXPECT_EQ(statistics(OpKind::relu6, 4, 0), (Pair{4, 0}));
  EXPECT_EQ(statistics(OpKind::relu6, -4, 0), (Pair{0, 0}));
}

}  // namespace
}  // namespace citrine
