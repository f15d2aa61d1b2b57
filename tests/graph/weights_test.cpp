#include "graph/weights.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "graph/graph_builder.h"
#include "kernels/error.h"

namespace citrine {
namespace {

// A convolution of two groups, its batch norm, and a fully connected layer on a 4x4 map.
Graph sample() {
  GraphBuilder builder({4, 4, 64});
  const int x = builder.conv_bn_relu(
      "conv", 0, {.channels = 128, .kernel = 3, .padding = 1, .groups = 2, .has_bias = true});
  builder.fully_connected("fc", x, 5);
  return std::move(builder).build();
}

std::string refusal(const Weights& weights) {
  try {
    check_weights(sample(), weights);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Weights, ShapesAreInNodeOrder) {
  using Shapes = std::vector<std::pair<std::string, std::vector<std::int64_t>>>;
  EXPECT_EQ(parameter_shapes(sample()), (Shapes{{"conv.weight", {128, 32, 3, 3}},
                                                {"conv.bias", {128}},
                                                {"conv.bn.weight", {128}},
                                                {"conv.bn.bias", {128}},
                                                {"conv.bn.running_mean", {128}},
                                                {"conv.bn.running_var", {128}},
                                                {"fc.weight", {5, 2048}},
                                                {"fc.bias", {5}}}));
  EXPECT_EQ(count_parameters(sample()), 128 * 32 * 9 + 3 * 128 + 5 * 2048 + 5);
}

TEST(Weights, NameTheParameterThatIsWrong) {
  const auto whole = random_weights(sample(), {1, 2});
  EXPECT_EQ(refusal(whole), "");
  for (const auto& [name, tensor] : whole) {
    auto weights = whole;
    weights.erase(name);
    EXPECT_EQ(refusal(weights), name + ": the network needs this parameter and it is not there");
    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
          -std::numeric_limits<float>::infinity()}) {
      weights = whole;
      weights[name].values.back() = value;
      EXPECT_THAT(refusal(weights), ::testing::HasSubstr(name + ": weights must be finite, got"));
    }
    weights = whole;
    weights[name].shape.push_back(1);
    EXPECT_THAT(refusal(weights), ::testing::HasSubstr(name + ": shape must be ["));
    weights = whole;
    weights[name].values.pop_back();
    EXPECT_THAT(refusal(weights), ::testing::StartsWith(name + ": the shape ["));
  }
  auto weights = whole;
  weights["extra"] = {};
  EXPECT_EQ(refusal(weights), "extra: the network has no such parameter");
  weights = whole;
  weights["fc.bias"].values.push_back(0);
  EXPECT_EQ(refusal(weights), "fc.bias: the shape [5] has 5 values, got 6");
}

TEST(Weights, DependOnTheKeyAlone) {
  EXPECT_EQ(random_weights(sample(), {1, 2}), random_weights(sample(), {1, 2}));
  EXPECT_NE(random_weights(sample(), {1, 2}), random_weights(sample(), {1, 3}));
  EXPECT_NE(random_weights(sample(), {1, 2}), random_weights(sample(), {2, 2}));
}

double mean_square(const Tensor& tensor) {
  double total = 0;
  for (const float value : tensor.values) total += double{value} * double{value};
  return total / static_cast<double>(tensor.values.size());
}

// Tolerances are six deviations of the estimates, which are the same on every run.
TEST(Weights, BeginWithTheirVariances) {
  const auto weights = random_weights(sample(), {1, 2});
  const double fan_out = 2.0 / (128 * 9), count = 128 * 32 * 9;
  EXPECT_NEAR(mean_square(weights.at("conv.weight")) / fan_out, 1, 6 * std::sqrt(2 / count));
  const auto& dense = weights.at("fc.weight");
  const double bound = 1 / std::sqrt(2048.0);
  EXPECT_NEAR(mean_square(dense) / (bound * bound / 3), 1, 6 * std::sqrt(0.8 / (5 * 2048)));
  for (const float value : dense.values) EXPECT_LE(std::abs(value), bound);
  EXPECT_EQ(weights.at("conv.bn.weight").values, std::vector<float>(128, 1));
  EXPECT_EQ(weights.at("conv.bn.bias").values, std::vector<float>(128, 0));
  EXPECT_EQ(weights.at("conv.bn.running_mean").values, std::vector<float>(128, 0));
  EXPECT_EQ(weights.at("conv.bn.running_var").values, std::vector<float>(128, 1));
  EXPECT_EQ(weights.at("conv.bias").values, std::vector<float>(128, 0));
}

}  // namespace
}  // namespace citrine
