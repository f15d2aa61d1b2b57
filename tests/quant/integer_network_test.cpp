#include "quant/integer_network.h"

#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/error.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

TEST(LayerKind, NamesGoThereAndBack) {
  for (int i = 0; i < 7; ++i) {
    const auto kind = static_cast<LayerKind>(i);
    EXPECT_EQ(layer_kind(name_of(kind)), kind);
  }
  EXPECT_THROW(layer_kind("maxpool"), Error);
}

TEST(EncodeInput, ClampsToTheInputsRange) {
  IntegerNetwork network;
  network.layers.resize(1);
  auto& input = network.layers[0];
  input.width = 5;
  input.format = {NumberFormat("linear8"), std::ldexp(1.0, -5)};
  input.low = -127;
  input.high = 127;
  const float image[] = {0.0F, 0.046875F, -0.046875F, -100.0F, 100.0F};
  const std::vector<std::int16_t> integers{0, 2, -1, -127, 127};
  EXPECT_EQ(encode_input(network, image), integers);
  const std::vector<float> twice{0.0F, 0.046875F, -0.046875F, -100.0F, 100.0F,
                                 0.0F, 0.0F,      0.0F,       0.0F,    1.0F};
  auto both = integers;
  both.insert(both.end(), {0, 0, 0, 0, 32});
  EXPECT_EQ(encode_inputs(network, twice), both);
}

using Change = std::function<void(IntegerNetwork&)>;

void expect_refused(const IntegerNetwork& good, const std::string& part, const Change& change) {
  IntegerNetwork bad = good;
  change(bad);
  try {
    check(bad);
    ADD_FAILURE() << "accepted: " << part;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

// Layers of the residual network: 1, 2 convolutions, 3 shortcut, 4 convolution, 5 add, 6 average
// pool, 7 logits.
TEST(Check, RefusesWhatDoesNotFit) {
  const auto good = residual_network().network;
  EXPECT_NO_THROW(check(good));
  const auto refuse = [&](const std::string& part, const Change& change) {
    expect_refused(good, part, change);
  };
  refuse("at least 2 layers", [](auto& n) { n.layers.clear(); });
  refuse("last layer must be a convolution", [](auto& n) { n.layers.pop_back(); });
  refuse("layer 2 'convolution2' must have an input", [](auto& n) { n.layers[2].inputs[0] = 2; });
  refuse("layer 2 'convolution2' must have an input", [](auto& n) { n.layers[2].inputs[0] = -1; });
  refuse("must have inputs", [](auto& n) { n.layers[2].inputs.clear(); });
  refuse("must have inputs", [](auto& n) { n.layers[2].inputs = {1, 1, 1}; });
  refuse("must have inputs", [](auto& n) { n.layers[0].inputs = {0}; });
  refuse("kind input", [](auto& n) { n.layers[3].kind = LayerKind::input; });
  refuse("kind input", [](auto& n) { n.layers[0].kind = LayerKind::add; });
  refuse("no valid kind", [](auto& n) { n.layers[3].kind = static_cast<LayerKind>(7); });
  refuse("height", [](auto& n) { n.layers[1].height = 0; });
  refuse("height", [](auto& n) { n.layers[1].height = 5; });
  refuse("channels", [](auto& n) { n.layers[5].channels = 1 << 21; });
  refuse("elements", [](auto& n) { n.layers[0].height = n.layers[0].width = 1 << 18; });
  refuse("16 bit integers, got pot6",
         [](auto& n) { n.layers[1].weight_format = NumberFormat("pot6"); });
  refuse("steps", [](auto& n) { n.layers[1].format.step = 0; });
  refuse("steps", [](auto& n) { n.layers[1].format.step = std::nan(""); });
  refuse("steps", [](auto& n) { n.layers[1].weight_steps[0] = 1e30; });
  refuse("clamp to values of the format unsigned8, got -1", [](auto& n) { n.layers[1].low = -1; });
  refuse("clamp to values of the format unsigned_pot3, got 3", [](auto& n) {
    n.layers[1].format.number = NumberFormat("unsigned_pot3");
    n.layers[1].high = 3;
  });
  refuse("weights of a signed format, got unsigned8",
         [](auto& n) { n.layers[1].weight_format = NumberFormat("unsigned8"); });
  refuse("a highest value", [](auto& n) { n.layers[1].high = 256; });
  refuse("a highest value", [](auto& n) { n.layers[1].low = 9, n.layers[1].high = 8; });
  refuse("a kernel", [](auto& n) { n.layers[1].convolution.kernel = 0; });
  refuse("a kernel", [](auto& n) { n.layers[1].convolution.kernel = 7; });
  refuse("a stride", [](auto& n) { n.layers[1].convolution.stride = 0; });
  refuse("padding", [](auto& n) { n.layers[1].convolution.padding = 3; });
  refuse("padding", [](auto& n) { n.layers[1].convolution.padding = -1; });
  refuse("filters", [](auto& n) { n.layers[1].convolution.filters = 3; });
  refuse("groups", [](auto& n) { n.layers[1].convolution.groups = 0; });
  refuse("groups", [](auto& n) { n.layers[1].convolution.groups = 3; });
  refuse("weights 36, got 18", [](auto& n) { n.layers[1].weights.resize(18); });
  refuse("biases", [](auto& n) { n.layers[1].bias.resize(3); });
  refuse("weight steps 2, got 0", [](auto& n) { n.layers[1].weight_steps.clear(); });
  refuse("weight steps 1, got 7", [](auto& n) { n.layers[7].weight_steps.resize(7, 1.0); });
  refuse("of the format linear8, got", [](auto& n) { n.layers[1].weights[7] = 128; });
  refuse("of the format linear8, got", [](auto& n) { n.layers[1].weights[7] = -129; });
  refuse("of the format pot3, got",
         [](auto& n) { n.layers[1].weight_format = NumberFormat("pot3"); });
  refuse("a shift", [](auto& n) { n.layers[1].scales[0].shift = 63; });
  refuse("a shift", [](auto& n) { n.layers[1].scales[0].shift = -31; });
  refuse("a shift", [](auto& n) { n.layers[1].scales[0] = {3, -1}; });
  refuse("a multiplier", [](auto& n) { n.layers[1].scales[0].multiplier = 0; });
  refuse("scales 2, got 3", [](auto& n) { n.layers[1].scales.resize(3); });
  refuse("residual scales 2, got 0", [](auto& n) { n.layers[2].residual_scales.clear(); });
  refuse("a shift", [](auto& n) { n.layers[2].residual_scales[0].shift = -31; });
  refuse("residual height", [](auto& n) { n.layers[4].inputs.push_back(1); });
  refuse("no residual", [](auto& n) { n.layers[7].inputs.push_back(6); });
  refuse("input scales", [](auto& n) { n.layers[5].input_scales.pop_back(); });
  refuse("a shift", [](auto& n) { n.layers[3].input_scales[0].shift = -31; });
  refuse("scales 1, got 2", [](auto& n) { n.layers[6].scales.resize(2); });
  refuse("input height", [](auto& n) { n.layers[5].inputs[0] = 1; });
  refuse("input height", [](auto& n) { n.layers[6].convolution.height = 3; });
  refuse("a kernel",
         [](auto& n) { n.layers[3].convolution.kernel = 3, n.layers[3].convolution.padding = 1; });
  refuse("channels", [](auto& n) { n.layers[3].channels = 1; });
  refuse("pixels", [](auto& n) {
    n.layers[7].inputs = {5};
    n.layers[7].convolution.height = n.layers[7].convolution.width = 2;
    n.layers[7].height = n.layers[7].width = 2;
  });
}

TEST(Check, RefusesWrongPoolsAndConcatenations) {
  const auto good = grouped_network().network;
  EXPECT_NO_THROW(check(good));
  expect_refused(good, "layer 8 'concat8' must have channels 8",
                 [](auto& n) { n.layers[8].channels = 9; });
  expect_refused(good, "layer 3 'max_pool3' must have channels",
                 [](auto& n) { n.layers[3].channels = 5; });
  expect_refused(good, "a shift", [](auto& n) { n.layers[3].scales[0].shift = 63; });
  expect_refused(good, "input height", [](auto& n) { n.layers[8].inputs = {1, 3}; });
}

// One filter of 2 steps, weights 127, activations up to 255: 64,770 and the bias.
TEST(Check, BoundsAccumulatorsExactly) {
  NetworkBuilder net(1, 1, 1, 2, {});
  net.convolution(0, {.filters = 1});
  auto network = net.finish();
  auto& last = network.layers[1];
  last.weights = {127, -127};
  const int room = std::numeric_limits<std::int32_t>::max() - 64'770;
  for (const int sign : {1, -1}) {
    last.bias = {sign * room};
    EXPECT_NO_THROW(check(network));
    last.bias = {sign * (room + 1)};
    EXPECT_THROW(check(network), Error);
  }
  last.bias = {std::numeric_limits<std::int32_t>::min()};
  EXPECT_THROW(check(network), Error);
}

// The same filter in 17 bits, up to 65,535; a bias must fit in any case.
TEST(Check, BoundsNarrowAccumulatorsUnlessTheyMayOverflow) {
  NetworkBuilder net(1, 1, 1, 2, {});
  net.convolution(0, {.filters = 1});
  auto network = net.finish();
  auto& last = network.layers[1];
  last.weights = {127, -127};
  last.bias = {65'535 - 64'770};
  last.accumulator.bits = 17;
  EXPECT_NO_THROW(check(network));
  last.bias = {65'536 - 64'770};
  expect_refused(network, "within 17 bits, but filter 0 can reach 65536", [](auto&) {});
  for (const auto overflow : {Overflow::wrap, Overflow::saturate}) {
    last.accumulator = {.bits = 11, .overflow = overflow};
    EXPECT_NO_THROW(check(network));
    expect_refused(network, "biases", [](auto& n) { n.layers[1].bias = {1024}; });
    expect_refused(network, "biases", [](auto& n) { n.layers[1].bias = {-1025}; });
  }
  expect_refused(network, "accumulator bits from 2 to 32",
                 [](auto& n) { n.layers[1].accumulator.bits = 33; });
  expect_refused(network, "accumulator bits", [](auto& n) { n.layers[1].accumulator.bits = 1; });
}

// Codes up to 15 are stored, but a fault can make an input 255.
TEST(MaySaturate, CountsWhatAFaultMakesOfAnInput) {
  NetworkBuilder net(1, 1, 1, 1, {});
  net.convolution(0, {.filters = 1});
  auto network = net.finish();
  network.layers[0].high = 15;
  auto& last = network.layers[1];
  last.weights = {4};
  last.bias = {3};
  last.accumulator = {.bits = 11, .overflow = Overflow::saturate};  // 4 * 256 + 3
  EXPECT_TRUE(may_saturate(network, last));
  last.accumulator.bits = 12;
  EXPECT_FALSE(may_saturate(network, last));
  last.accumulator = {.bits = 5, .overflow = Overflow::wrap};
  EXPECT_FALSE(may_saturate(network, last));
}

TEST(Check, CountsTheResidualInTheBound) {
  auto network = residual_network().network;
  network.layers[2].residual_scales = {{.shift = -22}};  // 255 << 22 is just below 2^30
  EXPECT_NO_THROW(check(network));
  network.layers[2].residual_scales = {{.shift = -24}};
  EXPECT_THROW(check(network), Error);
}

TEST(Fingerprint, DependsOnTheArithmeticAlone) {
  const auto network = residual_network().network;
  const auto print = fingerprint(network);
  EXPECT_EQ(print.size(), 16U);
  EXPECT_EQ(print.find_first_not_of("0123456789abcdef"), std::string::npos);
  auto renamed = network;
  for (auto& layer : renamed.layers) layer.name += "_renamed";
  EXPECT_EQ(fingerprint(renamed), print);
}

TEST(Fingerprint, SeesEveryField) {
  const auto network = residual_network().network;
  const std::vector<Change> changes = {
      [](auto& n) { n.layers[1].kind = LayerKind::max_pool; },
      [](auto& n) { n.layers[2].inputs[1] = 0; },
      [](auto& n) { n.layers[2].inputs.pop_back(); },
      [](auto& n) { ++n.layers[1].height; },
      [](auto& n) { ++n.layers[1].width; },
      [](auto& n) { ++n.layers[1].channels; },
      [](auto& n) { n.layers[1].format.number = NumberFormat("unsigned7"); },
      [](auto& n) { n.layers[1].format.number = NumberFormat("linear8"); },
      [](auto& n) { n.layers[1].format.step *= 2; },
      [](auto& n) { ++n.layers[1].low; },
      [](auto& n) { --n.layers[1].high; },
      [](auto& n) { ++n.layers[1].scales[0].shift; },
      [](auto& n) { ++n.layers[1].scales[0].multiplier; },
      [](auto& n) { n.layers[1].scales.push_back({}); },
      [](auto& n) { ++n.layers[2].residual_scales[0].shift; },
      [](auto& n) { ++n.layers[5].input_scales[1].shift; },
      [](auto& n) { ++n.layers[1].convolution.height; },
      [](auto& n) { ++n.layers[1].convolution.width; },
      [](auto& n) { ++n.layers[1].convolution.channels; },
      [](auto& n) { ++n.layers[1].convolution.filters; },
      [](auto& n) { ++n.layers[1].convolution.kernel; },
      [](auto& n) { ++n.layers[1].convolution.stride; },
      [](auto& n) { ++n.layers[1].convolution.padding; },
      [](auto& n) { ++n.layers[1].convolution.groups; },
      [](auto& n) { n.layers[1].weight_format = NumberFormat("magnitude8"); },
      [](auto& n) { n.layers[1].weight_steps[0] /= 2; },
      [](auto& n) { n.layers[4].weights[9] ^= 1; },
      [](auto& n) { ++n.layers[4].bias[3]; },
      [](auto& n) { --n.layers[1].accumulator.bits; },
      [](auto& n) { n.layers[1].accumulator.overflow = Overflow::wrap; },
      [](auto& n) { n.layers[1].accumulator.overflow = Overflow::saturate; },
      [](auto& n) { n.layers.pop_back(); }};
  std::set<std::string> prints = {fingerprint(network)};
  for (const auto& change : changes) {
    auto other = network;
    change(other);
    prints.insert(fingerprint(other));
  }
  EXPECT_EQ(prints.size(), changes.size() + 1);
}

// Stored in campaign files: must never change. 64-bit FNV-1a of one layer count of zero.
TEST(Fingerprint, IsFnv1a) { EXPECT_EQ(fingerprint({}), "a8c7f832281a39c5"); }

}  // namespace
}  // namespace citrine::testing
