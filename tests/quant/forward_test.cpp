#include "quant/forward.h"

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include "kernels/error.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

using Codes = std::vector<std::int16_t>;

// A layer over one 2x2 map (or several) of one channel.
IntegerLayer layer_of(LayerKind kind, int height, int width, int channels) {
  IntegerLayer layer;
  layer.kind = kind;
  layer.inputs = {0};
  layer.height = height;
  layer.width = width;
  layer.channels = channels;
  return layer;
}

Codes compute(const IntegerLayer& layer, const std::vector<Codes>& inputs) {
  const std::vector<std::span<const std::int16_t>> spans(inputs.begin(), inputs.end());
  return compute_layer(layer, spans, *make_backend("cpu"));
}

TEST(Requantize, ByHand) {
  IntegerLayer layer = layer_of(LayerKind::convolution, 1, 1, 1);
  layer.scales = {{.shift = 2}};
  EXPECT_EQ(requantize(layer, 0, 9, 0), 2);
  EXPECT_EQ(requantize(layer, 0, 10, 0), 3);  // 2.5 goes up
  EXPECT_EQ(requantize(layer, 0, -10, 0), 0);
  EXPECT_EQ(requantize(layer, 0, 1 << 20, 0), 255);
  layer.low = -128;
  EXPECT_EQ(requantize(layer, 0, -10, 0), -2);  // -2.5 goes up
  layer.residual_scales = {{.shift = -3}};
  EXPECT_EQ(requantize(layer, 0, -10, 4), 6);  // (-10 + 32) / 4 = 5.5
  layer.residual_scales = {{.shift = 1}};
  EXPECT_EQ(requantize(layer, 0, -10, 5), -2);  // (-10 + 3) / 4 = -1.75
  layer.scales = {{.shift = -1}};
  EXPECT_EQ(requantize(layer, 0, 7, 0), 14);
}

TEST(Requantize, AddsTheResidualInTheAccumulator) {
  IntegerLayer layer = layer_of(LayerKind::convolution, 1, 1, 1);
  layer.low = -128;
  layer.accumulator = {.bits = 7, .overflow = Overflow::never};
  EXPECT_EQ(requantize(layer, 0, 60, 5), 65 - 128);
  layer.accumulator.overflow = Overflow::wrap;
  EXPECT_EQ(requantize(layer, 0, 60, 5), 65 - 128);
  layer.accumulator.overflow = Overflow::saturate;
  EXPECT_EQ(requantize(layer, 0, 60, 5), 63);
}

TEST(Requantize, WithAMultiplierByHand) {
  IntegerLayer layer = layer_of(LayerKind::convolution, 1, 1, 2);
  layer.scales = {{.multiplier = 3, .shift = 2}, {.multiplier = 5, .shift = 3}};
  layer.residual_scales = {{}, {.multiplier = 7, .shift = 1}};
  EXPECT_EQ(requantize(layer, 0, 10, 0), 8);   // 7.5 goes up
  EXPECT_EQ(requantize(layer, 0, 10, 4), 11);  // 14 * 3 / 4 = 10.5
  EXPECT_EQ(requantize(layer, 1, 10, 0), 6);   // 6.25
  EXPECT_EQ(requantize(layer, 1, 10, 1), 9);   // (10 + 4) * 5 / 8 = 8.75
}

TEST(Requantize, StoresTheNearestOfTheFormat) {
  IntegerLayer layer = layer_of(LayerKind::convolution, 1, 1, 1);
  layer.format.number = NumberFormat("unsigned_pot3");  // 0, 1, 2, 4, ..., 64
  layer.high = 64;
  EXPECT_EQ(requantize(layer, 0, 5, 0), 4);
  EXPECT_EQ(requantize(layer, 0, 6, 0), 8);  // of two equally near ones the higher one
  EXPECT_EQ(requantize(layer, 0, -3, 0), 0);
  EXPECT_EQ(requantize(layer, 0, 1000, 0), 64);
}

TEST(Requantize, AddsTheResidualInANarrowAccumulator) {
  IntegerLayer layer = layer_of(LayerKind::convolution, 1, 1, 1);
  layer.low = -128;
  layer.high = 127;
  layer.scales = {{.shift = 24}};
  EXPECT_EQ(requantize(layer, 0, std::numeric_limits<std::int32_t>::max(), 0), 127);
  EXPECT_EQ(requantize(layer, 0, std::numeric_limits<std::int32_t>::max(), 1), -128);
}

TEST(ComputeLayer, Convolution) {
  IntegerLayer layer = layer_of(LayerKind::convolution, 1, 1, 2);
  layer.convolution = {.height = 2, .width = 2, .channels = 1, .filters = 2, .kernel = 2};
  layer.weights = {1, 2, 3, 4, -1, 0, 0, 1};
  layer.bias = {10, -3};
  layer.scales = {{.shift = 1}};
  EXPECT_EQ(compute(layer, {{1, 2, 3, 4}}), (Codes{20, 0}));  // 40 / 2, 0
  layer.inputs = {0, 0};
  layer.residual_scales = {{.shift = -1}};
  EXPECT_EQ(compute(layer, {{1, 2, 3, 4}, {5, 6}}), (Codes{25, 6}));
}

TEST(ComputeLayer, Pools) {
  IntegerLayer layer = layer_of(LayerKind::max_pool, 1, 1, 1);
  layer.convolution = {.height = 2, .width = 2, .channels = 1, .kernel = 2};
  EXPECT_EQ(compute(layer, {{1, 7, 3, 4}}), (Codes{7}));
  layer.kind = LayerKind::average_pool;
  EXPECT_EQ(compute(layer, {{1, 7, 3, 4}}), (Codes{4}));  // 3.75
  EXPECT_EQ(compute(layer, {{1, 7, 3, 3}}), (Codes{4}));  // 3.5 goes up
  layer.scales = {{.shift = -1}};
  EXPECT_EQ(compute(layer, {{1, 7, 3, 3}}), (Codes{8}));
}

// 3x3 windows over a 2x2 map with a border: all four windows hold all taps.
TEST(ComputeLayer, PaddedPools) {
  IntegerLayer layer = layer_of(LayerKind::max_pool, 2, 2, 1);
  layer.low = -128;
  layer.convolution = {.height = 2, .width = 2, .channels = 1, .kernel = 3, .padding = 1};
  EXPECT_EQ(compute(layer, {{-5, -7, -3, -4}}), (Codes{-3, -3, -3, -3}));
  layer.kind = LayerKind::average_pool;
  EXPECT_EQ(compute(layer, {{-9, -9, -9, -9}}), (Codes{-4, -4, -4, -4}));
}

TEST(ComputeLayer, Add) {
  IntegerLayer layer = layer_of(LayerKind::add, 1, 2, 1);
  layer.inputs = {0, 0};
  layer.input_scales = {{.shift = -2}, {}};
  layer.scales = {{.shift = 1}};
  EXPECT_EQ(compute(layer, {{3, 100}, {5, 200}}), (Codes{9, 255}));  // 17 / 2 = 8.5
  layer.input_scales = {{.shift = 1}, {}};
  EXPECT_EQ(compute(layer, {{3, 100}, {5, 200}}), (Codes{4, 125}));  // (2 + 5) / 2
}

TEST(ComputeLayer, Concat) {
  IntegerLayer layer = layer_of(LayerKind::concat, 1, 2, 3);
  layer.inputs = {0, 0};
  layer.input_scales = {{}, {.shift = 1}};
  EXPECT_EQ(compute(layer, {{1, 2}, {30, 40, 50, 61}}), (Codes{1, 15, 20, 2, 25, 31}));
}

TEST(ComputeLayer, Shortcut) {
  IntegerLayer layer = layer_of(LayerKind::shortcut, 1, 2, 3);
  layer.convolution = {.height = 2, .width = 3, .channels = 1, .stride = 2};
  layer.input_scales = {{.shift = -1}};
  EXPECT_EQ(compute(layer, {{1, 2, 3, 4, 5, 6}}), (Codes{0, 2, 0, 0, 6, 0}));
}

TEST(Logits, AreThoseOfOneByOne) {
  const auto backend = make_backend("cpu");
  for (const auto& subject : subjects()) {
    Codes images;
    std::vector<std::int32_t> expected;
    for (const auto& image : subject.images) {
      images.insert(images.end(), image.begin(), image.end());
      const auto run = forward(subject.network, image, *backend);
      expected.insert(expected.end(), run.logits.begin(), run.logits.end());
      EXPECT_EQ(run.stored.size(), subject.network.layers.size());
      EXPECT_TRUE(run.stored.back().empty());
      EXPECT_EQ(run.stored.front(), image);
    }
    const auto count = static_cast<std::int64_t>(subject.images.size());
    EXPECT_EQ(logits(subject.network, images, count, *backend), expected);
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1);
    EXPECT_EQ(logits(subject.network, images, count, *backend), expected);
    EXPECT_THROW(logits(subject.network, images, count + 1, *backend), Error);
    EXPECT_TRUE(logits(subject.network, {}, 0, *backend).empty());
  }
}

TEST(Forward, RefusesAnImageOfAnotherSize) {
  const auto backend = make_backend("cpu");
  const auto subject = residual_network();
  auto image = subject.images[0];
  image.pop_back();
  EXPECT_THROW(forward(subject.network, image, *backend), Error);
  image.resize(image.size() + 2);
  EXPECT_THROW(forward(subject.network, image, *backend), Error);
}

// No stored code leaves its range, whatever the image.
TEST(Forward, StoresCodesWithinTheirRange) {
  const auto backend = make_backend("cpu");
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto subject = random_network(seed);
    const auto run = forward(subject.network, subject.images[0], *backend);
    for (std::size_t i = 0; i + 1 < run.stored.size(); ++i) {
      const auto& layer = subject.network.layers[i];
      ASSERT_EQ(static_cast<std::int64_t>(run.stored[i].size()), layer.elements());
      EXPECT_TRUE(std::ranges::all_of(
          run.stored[i], [&](int code) { return code >= layer.low && code <= layer.high; }));
    }
  }
}

TEST(MacWidths, HoldEveryProductOfTwoCodes) {
  auto network = residual_network().network;
  const auto extremes = [](const NumberFormat& format) {
    std::pair<std::int64_t, std::int64_t> range;
    for (std::uint32_t code = 0; code < 1U << format.bits(); ++code)
      range = {std::min<std::int64_t>(range.first, format.value(code)),
               std::max<std::int64_t>(range.second, format.value(code))};
    return range;
  };
  for (const auto& weights : number_format_names())
    for (const auto& input : number_format_names()) {
      auto& layer = network.layers[1];
      layer.weight_format = NumberFormat(weights);
      network.layers[0].format.number = NumberFormat(input);
      const NumberFormat& number = network.layers[0].format.number;
      if (!layer.weight_format.is_signed() || layer.weight_format.value_bits() > 16 ||
          number.value_bits() > 16)
        continue;
      const std::int64_t end = std::int64_t{1} << (mac_widths(network, layer).product - 1);
      const auto [w_low, w_high] = extremes(layer.weight_format);
      const auto [x_low, x_high] = extremes(number);
      for (const auto product : {w_low * x_low, w_low * x_high, w_high * x_low, w_high * x_high})
        EXPECT_TRUE(product >= -end && product < end) << weights << " times " << input;
    }
}

TEST(MacWidths, HoldEveryProduct) {
  auto network = residual_network().network;
  EXPECT_EQ(mac_widths(network, network.layers[1]).product, 14);  // linear8 times linear6
  EXPECT_EQ(mac_widths(network, network.layers[2]).product, 16);  // linear8 times unsigned8
  EXPECT_EQ(mac_widths(network, network.layers[2]).accumulator, 32);
  network.layers[2].accumulator = {.bits = 20, .overflow = Overflow::saturate};
  EXPECT_EQ(mac_widths(network, network.layers[2]).accumulator, 20);
  EXPECT_TRUE(mac_widths(network, network.layers[2]).saturates);
  EXPECT_FALSE(mac_widths(network, network.layers[1]).saturates);
  network.layers[1].weight_format = NumberFormat("pot4");  // up to 64
  EXPECT_EQ(mac_widths(network, network.layers[1]).product, 14);
  network.layers[1].weight_format = NumberFormat("twohot4");  // up to 16
  EXPECT_EQ(mac_widths(network, network.layers[1]).product, 12);
}

}  // namespace
}  // namespace citrine::testing
