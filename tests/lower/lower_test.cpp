#include "lower/lower.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/split.h"
#include "graph/graph_builder.h"
#include "kernels/error.h"
#include "lower/random_graph.h"
#include "published_resnet20.h"
#include "quant/forward.h"
#include "train/toy_data.h"
#include "train/train.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using testing::PublishedResNet20;

std::vector<float> noise_images(const Shape& shape, std::int64_t count, Key key) {
  std::vector<float> images(static_cast<std::size_t>(shape.elements() * count));
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>(normal(key, i));
  return images;
}

// Values of the integer network's logits.
std::vector<double> integer_logits(const IntegerNetwork& network, std::span<const float> images,
                                   std::int64_t count) {
  const auto codes = encode_inputs(network, images);
  std::vector<double> values;
  for (const auto logit : logits(network, codes, count, *make_backend("cpu")))
    values.push_back(static_cast<double>(logit) * logit_step(network));
  return values;
}

double signal_to_noise_db(std::span<const float> wanted, std::span<const double> got) {
  double signal = 0, noise = 1e-30;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    signal += double{wanted[i]} * double{wanted[i]};
    noise += std::pow(double{wanted[i]} - got[i], 2);
  }
  return 10 * std::log10(signal / noise);
}

double lowered_db(const Network& network, std::int64_t count = 48,
                  const LowerSettings& settings = {}) {
  const auto images = noise_images(network.graph.input_shape(), count, {8, 9});
  const auto lowered = lower(network, images, count, settings);
  return signal_to_noise_db(activations(network, images, count).back(),
                            integer_logits(lowered, images, count));
}

std::string failure(const Network& network) {
  const auto images = noise_images(network.graph.input_shape(), 4, {8, 9});
  try {
    lower(network, images, 4);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// Input codes 2^-6 up to 1.98; weight 0.5 = 64 * 2^-7; 64 * 64 + 0.25 * 2^13 = 6144, of 2^-13 each.
TEST(Lower, OneConvolutionByHand) {
  GraphBuilder builder({1, 1, 1});
  builder.convolution("conv", 0, {.channels = 1, .has_bias = true});
  const Network network{std::move(builder).build(),
                        {{"conv.weight", {{1, 1, 1, 1}, {0.5F}}}, {"conv.bias", {{1}, {0.25F}}}}};
  const std::vector<float> images{1.0F, -1.5F, 1.984375F};
  const auto lowered = lower(network, images, 3, {.correct_bias = false});
  ASSERT_EQ(lowered.layers.size(), 2U);
  EXPECT_EQ(lowered.input().format, (TensorFormat{NumberFormat("linear8"), 1.0 / 64}));
  const auto values = integer_logits(lowered, images, 3);
  EXPECT_DOUBLE_EQ(values[0], 0.75);
  EXPECT_DOUBLE_EQ(values[1], -0.5);
  EXPECT_DOUBLE_EQ(values[2], 1.2421875);
}

TEST(Lower, FusesTheSumAndRectifierIntoTheConvolution) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto lowered = lower(network, noise_images({8, 8, 3}, 16, {1, 1}), 16);
  const auto find = [&](const std::string& name) {
    return std::ranges::find(lowered.layers, name, &IntegerLayer::name);
  };
  EXPECT_EQ(find("b")->inputs.size(), 2U);
  EXPECT_EQ(find("b")->format.number.name(), "unsigned8");
  EXPECT_EQ(find("sum"), lowered.layers.end());
  EXPECT_EQ(find("norm")->convolution.groups, 32);
  EXPECT_EQ(find("both")->kind, LayerKind::concat);
}

// Weights of 512 make the accumulator's unit coarser than the input's: the sum is a layer of its
// own.
TEST(Lower, LeavesAFinerResidualOutOfTheAccumulator) {
  GraphBuilder builder({1, 1, 1});
  const int conv = builder.convolution("conv", 0, {.channels = 1});
  builder.fully_connected("classify", builder.add("sum", {.kind = OpKind::add}, {conv, 0}), 1);
  auto graph = std::move(builder).build();
  auto weights = random_weights(graph, {4, 5});
  weights.at("conv.weight").values = {512.0F};
  const Network network{std::move(graph), std::move(weights)};
  const auto lowered = lower(network, noise_images({1, 1, 1}, 16, {1, 1}), 16);
  const auto sum = std::ranges::find(lowered.layers, "sum", &IntegerLayer::name);
  ASSERT_NE(sum, lowered.layers.end());
  EXPECT_EQ(sum->kind, LayerKind::add);
}

TEST(Lower, AFullyConnectedLayerCoversTheMap) {
  GraphBuilder builder({3, 3, 2});
  const int map = builder.conv_bn_relu("conv", 0, {.channels = 4, .kernel = 3, .padding = 1});
  builder.fully_connected("classify", map, 6);
  auto graph = std::move(builder).build();
  auto weights = random_weights(graph, {4, 5});
  const Network network{std::move(graph), std::move(weights)};
  EXPECT_GT(lowered_db(network), 30);
}

TEST(Lower, MixedNetworkStaysCloseToFloat) {
  EXPECT_GT(lowered_db(testing::mixed_network({8, 8, 3}, 5)), 25);
}

// A global average of noise is small beside its input's step, which it keeps: hence the low bound
// of one network.
TEST(Lower, RandomGraphsStayCloseToFloat) {
  constexpr int kNetworks = 40;
  double sum_db = 0;
  for (std::uint64_t i = 0; i < kNetworks; ++i) {
    const double db = lowered_db(testing::random_network({21, i}), 24);
    EXPECT_GT(db, 15) << "random network " << i;
    sum_db += db;
  }
  EXPECT_GT(sum_db / kNetworks, 30);
}

// Bounds well below what was measured; the formats alone are in tests/quant/format_noise_test.cpp.
TEST(Lower, EverySchemeStaysAsCloseAsItsFormat) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  for (const auto& [name, least] :
       std::vector<std::pair<std::string, double>>{{"linear8", 25},
                                                   {"magnitude8", 25},
                                                   {"twohot7", 20},
                                                   {"twohot4", 15},
                                                   {"linear6", 20},
                                                   {"linear4", 8},
                                                   {"apot5", 12},
                                                   {"logsqrt5", 10},
                                                   {"pot4", 6},
                                                   {"linear8/linear6", 15},
                                                   {"pot4/pot4", 2}})
    for (const bool is_per_channel : {false, true}) {
      LowerSettings settings{.scheme = scheme(name)};
      settings.scheme.is_per_channel = is_per_channel;
      EXPECT_GT(lowered_db(network, 48, settings), least) << name << " " << is_per_channel;
    }
}

// No power of two is as good as the best step.
TEST(Lower, FreeStepsAreCloserThanPowersOfTwo) {
  double gain = 0;
  constexpr int kNetworks = 12;
  for (std::uint64_t i = 0; i < kNetworks; ++i) {
    const auto network = testing::random_network({21, i});
    LowerSettings settings{.scheme = scheme("linear5/linear5")};
    const double shifts = lowered_db(network, 24, settings);
    settings.steps = StepKind::free;
    gain += (lowered_db(network, 24, settings) - shifts) / kNetworks;
  }
  EXPECT_GT(gain, 1);
}

TEST(Lower, FreeStepsHoldForEveryLayerKindAndScheme) {
  for (const auto* name : {"linear8", "twohot4", "pot4", "linear8/linear6", "pot4/pot4"})
    for (const bool is_per_channel : {false, true}) {
      LowerSettings settings{.scheme = scheme(name), .steps = StepKind::free};
      settings.scheme.is_per_channel = is_per_channel;
      EXPECT_GT(lowered_db(testing::mixed_network({8, 8, 3}, 5), 48, settings), 2) << name;
    }
}

TEST(Lower, EveryCriterionStaysCloseToFloat) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  for (const auto name : criterion_names())
    for (const auto steps : {StepKind::power_of_two, StepKind::free})
      EXPECT_GT(lowered_db(network, 48, {.criterion = criterion(name), .steps = steps}), 20)
          << name;
}

TEST(Lower, LayersMayHaveSchemesOfTheirOwn) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto images = noise_images({8, 8, 3}, 16, {1, 1});
  const LowerSettings settings{.layer_schemes = {{"b", scheme("pot4/linear6")}}};
  for (const auto& layer : lower(network, images, 16, settings).layers) {
    if (layer.kind != LayerKind::convolution) continue;
    EXPECT_EQ(layer.weight_format.name(), layer.name == "b" ? "pot4" : "linear8");
    EXPECT_EQ(layer.format.number.name() == "unsigned6", layer.name == "b");
  }
  EXPECT_THAT(
      [&] {
        lower(network, images, 16, {.layer_schemes = {{"stm", scheme("pot4")}}});
      },
      ::testing::ThrowsMessage<Error>(HasSubstr("got 'stm'; did you mean 'stem'?")));
}

// The input is linear8 whatever the scheme: a pool that stores less than that has a coarser step.
TEST(Lower, ANarrowFormatBehindTheInputDoesNotClip) {
  GraphBuilder builder({4, 4, 1});
  const int pool = builder.add("pool", {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {0});
  builder.fully_connected("classify", pool, 3);
  auto graph = std::move(builder).build();
  auto weights = random_weights(graph, {4, 5});
  const Network network{std::move(graph), std::move(weights)};
  EXPECT_GT(lowered_db(network, 48, {.scheme = scheme("linear8/linear5")}), 15);
}

// 2^14 times 2^14 leaves room for 7 weights of the largest size.
TEST(Lower, MakesStepsCoarserWhereAccumulatorsWouldOverflow) {
  EXPECT_GT(lowered_db(testing::mixed_network({8, 8, 3}, 5), 48, {.scheme = scheme("pot5/pot4")}),
            2);
}

int narrowest(const IntegerNetwork& network) {
  int bits = 32;
  for (const auto& layer : network.layers)
    if (layer.kind == LayerKind::convolution) bits = std::min(bits, layer.accumulator.bits);
  return bits;
}

// 144 products of 7 and 8 bits need at most 23 bits.
TEST(Lower, NarrowAccumulatorsThatSufficeLoseNothing) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto images = noise_images({8, 8, 3}, 48, {8, 9});
  const auto wide = lower(network, images, 48),
             narrow = lower(network, images, 48, {.accumulator = {.bits = 24}});
  EXPECT_EQ(narrowest(narrow), 24);
  EXPECT_NO_THROW(check(narrow));
  EXPECT_EQ(integer_logits(narrow, images, 48), integer_logits(wide, images, 48));
}

TEST(Lower, NamesTheLayerWhoseAccumulatorIsTooNarrow) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto images = noise_images({8, 8, 3}, 4, {8, 9});
  EXPECT_THAT([&] { lower(network, images, 4, {.accumulator = {.bits = 9}}); },
              ::testing::ThrowsMessage<Error>(HasSubstr("layer 'stem' must have an accumulator")));
}

// All weights would be rounded to 0 beside biases that fit.
TEST(Lower, RefusesAnAccumulatorThatHoldsBiasesAlone) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto images = noise_images({8, 8, 3}, 4, {8, 9});
  for (const int bits : {2, 4, 6, 8, 11})
    EXPECT_THROW(lower(network, images, 4, {.accumulator = {.bits = bits}}), Error) << bits;
}

// A filter whose weights are almost 0 has an accumulator of fine units, which the residual would
// overflow: the sum is a layer of its own.
TEST(Lower, ATinyFilterBeforeASumIsNoReasonToRefuse) {
  auto network = testing::mixed_network({8, 8, 3}, 5);
  network.weights.at("b.bn.weight").values[0] = 1e-12F;
  network.weights.at("b.bn.bias").values[0] = 0.5F;
  LowerSettings settings{.scheme = scheme("linear8")};
  settings.scheme.is_per_channel = true;
  const auto images = noise_images({8, 8, 3}, 16, {8, 9});
  const auto lowered = lower(network, images, 16, settings);
  EXPECT_NE(std::ranges::find(lowered.layers, "sum", &IntegerLayer::name), lowered.layers.end());
}

// The correction of a bias may use what is left of the accumulator, and no more.
TEST(Lower, BiasCorrectionKeepsWithinTheAccumulator) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto images = noise_images({8, 8, 3}, 8, {8, 9});
  int lowered = 0;
  for (int bits = 12; bits < 24; ++bits)
    for (const auto* name : {"linear3", "linear4", "pot3"}) {
      try {
        check(lower(network, images, 8, {.scheme = scheme(name), .accumulator = {.bits = bits}}));
        ++lowered;
      } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("must have an accumulator of more than"));
      }
    }
  EXPECT_GE(lowered, 10);
}

// Where it is too narrow for every sum, but not for most.
TEST(Lower, SaturationLosesLessThanWrappingAround) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto db = [&](int bits, Overflow overflow) {
    return lowered_db(network, 48, {.accumulator = {.bits = bits, .overflow = overflow}});
  };
  EXPECT_GT(db(16, Overflow::saturate), 20);
  EXPECT_GT(db(14, Overflow::saturate), db(14, Overflow::wrap));
}

// Weights of 64 and 0.3: in 4 bits, one step of 16 for both loses the small one.
TEST(Lower, PerChannelStepsKeepSmallFilters) {
  GraphBuilder builder({1, 1, 1});
  const int conv = builder.convolution("conv", 0, {.channels = 2});
  builder.fully_connected("classify", conv, 2);
  auto graph = std::move(builder).build();
  auto weights = random_weights(graph, {4, 5});
  weights.at("conv.weight").values = {64.0F, 0.3F};
  const Network network{std::move(graph), std::move(weights)};
  const auto images = noise_images({1, 1, 1}, 16, {1, 1});
  LowerSettings settings{.scheme = scheme("linear4")};
  EXPECT_EQ(lower(network, images, 16, settings).layers[1].weights[1], 0);
  settings.scheme.is_per_channel = true;
  const auto layer = lower(network, images, 16, settings).layers[1];
  EXPECT_NEAR(layer.weights[1] * layer.weight_steps[1], 0.3, 0.05);
  EXPECT_EQ(layer.scales.size(), 2U);
}

TEST(Lower, BiasCorrectionRemovesTheMeanError) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto images = noise_images({8, 8, 3}, 64, {8, 9});
  const auto wanted = activations(network, images, 64).back();
  const auto got = integer_logits(lower(network, images, 64), images, 64);
  for (std::size_t c = 0; c < 5; ++c) {
    double error = 0, magnitude = 0;
    for (std::size_t i = c; i < wanted.size(); i += 5) {
      error += got[i] - double{wanted[i]};
      magnitude += std::abs(double{wanted[i]});
    }
    EXPECT_LT(std::abs(error), 1e-3 * magnitude) << "class " << c;
  }
}

TEST(Lower, ADeadChannelIsExactlyZero) {
  auto network = testing::mixed_network({8, 8, 3}, 5);
  network.weights.at("a.bn.bias").values[2] = -1000;
  const auto images = noise_images({8, 8, 3}, 48, {8, 9});
  for (const bool is_per_channel : {false, true}) {
    LowerSettings settings{.scheme = scheme("linear8")};
    settings.scheme.is_per_channel = is_per_channel;
    EXPECT_GT(lowered_db(network, 48, settings), 20);
    const auto lowered = lower(network, images, 48, settings);
    const auto a = std::ranges::find(lowered.layers, "a", &IntegerLayer::name);
    const auto run = forward(lowered, encode_input(lowered, images.data()), *make_backend("cpu"));
    const auto& stored = run.stored[static_cast<std::size_t>(a - lowered.layers.begin())];
    for (std::size_t i = 2; i < stored.size(); i += static_cast<std::size_t>(a->channels))
      EXPECT_EQ(stored[i], 0);
  }
}

TEST(Lower, CalibrationNeedsImagesOfTheNetworksShape) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  const auto images = noise_images({8, 8, 3}, 2, {1, 1});
  for (const std::int64_t count : {0, 1, 3})
    EXPECT_THAT([&] { lower(network, images, count); },
                ::testing::ThrowsMessage<Error>(HasSubstr("must have images of 8x8x3")));
}

TEST(Lower, ErrorsNameTheLayer) {
  auto network = testing::mixed_network({8, 8, 3}, 5);
  std::ranges::fill(network.weights.at("a.bn.bias").values, -1000.0F);
  EXPECT_THAT(failure(network), HasSubstr("'a' must have a range"));
  network = testing::mixed_network({8, 8, 3}, 5);
  std::ranges::fill(network.weights.at("b.weight").values, 0.0F);
  EXPECT_THAT(failure(network), HasSubstr("'b'"));
  network = testing::mixed_network({8, 8, 3}, 5);
  std::ranges::fill(network.weights.at("stem.weight").values, 3e38F);
  EXPECT_THAT(failure(network), HasSubstr("' must have finite values"));
  auto images = noise_images({8, 8, 3}, 2, {1, 1});
  images[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(
      [&] {
        lower(testing::mixed_network({8, 8, 3}, 5), images, 2);
      },
      ::testing::ThrowsMessage<Error>(HasSubstr("'input' must have finite values")));
}

TEST_F(PublishedResNet20, KeepsItsAccuracyWhenLowered) {
  const auto floats = [this](const ImageSet& set) {
    std::vector<float> values(set.pixels.size());
    normalize(dataset, set.pixels, values);
    return values;
  };
  const auto chosen = select(dataset.train, sample(dataset.train, 512, {0, 0}));
  const auto lowered = lower(network, floats(chosen), 512);

  const auto values = integer_logits(lowered, floats(dataset.test), 1000);
  int correct = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto row = std::span(values).subspan(i * 10, 10);
    correct += std::ranges::max_element(row) - row.begin() == dataset.test.labels[i];
  }
  RecordProperty("correct", correct);
  EXPECT_GE(correct, 912);
}

}  // namespace
}  // namespace citrine
