// Whatever a file may hold: what check() accepts can be run.
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/error.h"
#include "quant/forward.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

constexpr std::array kValues = {
    0,    1,       2,       3,       4,          5,
    8,    15,      16,      31,      -1,         -2,
    -31,  62,      63,      64,      127,        128,
    255,  256,     -64,     300,     -9,         1024,
    4096, 1 << 20, 1 << 30, 1 << 24, 0x7fffffff, std::numeric_limits<int>::min()};

std::vector<int*> fields_of(IntegerLayer& layer) {
  auto& shape = layer.convolution;
  std::vector<int*> fields = {&layer.height,      &layer.width,
                              &layer.channels,    &layer.low,
                              &layer.high,        &shape.height,
                              &shape.width,       &shape.channels,
                              &shape.filters,     &shape.kernel,
                              &shape.stride,      &shape.padding,
                              &shape.groups,      &layer.accumulator.bits,
                              &layer.product_bits};
  for (auto& input : layer.inputs) fields.push_back(&input);
  for (auto* scales : {&layer.scales, &layer.residual_scales, &layer.input_scales})
    for (auto& scale : *scales) fields.insert(fields.end(), {&scale.multiplier, &scale.shift});
  if (!layer.bias.empty()) fields.push_back(&layer.bias[0]);
  return fields;
}

void mutate(IntegerNetwork& network, Key key) {
  const auto pick = [&](std::uint64_t index, std::size_t count) {
    return static_cast<std::size_t>(uniform_below(key, index, count));
  };
  auto& layer = network.layers[pick(0, network.layers.size())];
  const auto fields = fields_of(layer);
  const auto field = pick(1, fields.size() + 6);
  const int value = kValues[pick(2, kValues.size())];
  if (field < fields.size()) *fields[field] = value;
  if (field == fields.size()) layer.kind = static_cast<LayerKind>(pick(3, 8));
  if (field == fields.size() + 1) layer.inputs.push_back(value);
  if (field == fields.size() + 2) layer.weights.resize(pick(3, 40));
  const auto names = number_format_names();
  const NumberFormat format(names[pick(3, names.size())]);
  if (field == fields.size() + 3) layer.format.number = format;
  if (field == fields.size() + 4) layer.weight_format = format;
  if (field == fields.size() + 5) layer.accumulator.overflow = static_cast<Overflow>(pick(3, 3));
}

TEST(Check, WhatItAcceptsRuns) {
  const auto backend = make_backend("cpu");
  std::vector<IntegerNetwork> networks;
  for (std::uint64_t seed = 0; seed < 40; ++seed) networks.push_back(random_network(seed).network);
  int accepted = 0, saturating = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    auto network = networks[seed % networks.size()];
    const Key key = split(Key{.seed = seed, .stream = 0}, "mutation");
    for (std::uint64_t i = 0; i <= seed % 3; ++i) mutate(network, split(key, i));
    try {
      check(network);
    } catch (const Error&) {
      continue;
    }
    ++accepted;
    for (const auto& layer : network.layers) saturating += may_saturate(network, layer) ? 1 : 0;
    const std::vector<std::int16_t> image(static_cast<std::size_t>(network.input().elements()),
                                          static_cast<std::int16_t>(network.input().high));
    EXPECT_EQ(forward(network, image, *backend).logits.size(),
              static_cast<std::size_t>(network.classes()));
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_LT(accepted, 15'000);
  EXPECT_GT(saturating, 100);
}

}  // namespace
}  // namespace citrine::testing
