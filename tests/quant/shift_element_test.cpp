#include "quant/shift_element.h"

#include <gmock/gmock.h>

#include "kernels/error.h"
#include "quant/forward.h"
#include "quant/networks.h"
#include "quant/operation_count.h"

namespace citrine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Term plus(int shift) { return {.is_negative = false, .shift = shift}; }
constexpr Term minus(int shift) { return {.is_negative = true, .shift = shift}; }

TEST(ShiftElement, ACycleByHand) {
  ShiftElement element;
  element.start(100);
  element.cycle({.mode = ElementMode::double_exponent,
                 .exponents = {plus(3), minus(0)},
                 .activations = {5, 1000}});
  EXPECT_EQ(element.accumulator(), 135);  // 100 + (8 - 1) 5
  element.cycle(
      {.mode = ElementMode::single, .exponents = {plus(2), minus(1)}, .activations = {3, 7}});
  EXPECT_EQ(element.accumulator(), 133);  // + 4 * 3 - 2 * 7
  element.cycle(
      {.mode = ElementMode::single, .exponents = {std::nullopt, minus(4)}, .activations = {9, -2}});
  EXPECT_EQ(element.accumulator(), 165);  // + 16 * 2
  EXPECT_EQ(
      element.activity(),
      (ElementActivity{
          .cycles = 3, .shifts = 6, .zero_shifts = 1, .tree_additions = 3, .accumulations = 3}));
}

TEST(ShiftElement, TheAccumulatorWraps) {
  ShiftElement element;
  element.start(INT32_MAX);
  element.cycle({.exponents = {plus(0), std::nullopt}, .activations = {1, 0}});
  EXPECT_EQ(element.accumulator(), INT32_MIN);
}

TEST(ShiftElement, ANarrowAccumulatorSaturates) {
  ShiftElement element(MacWidths{.accumulator = 8, .saturates = true});
  element.start(120);
  element.cycle({.exponents = {plus(2), std::nullopt}, .activations = {3, 0}});
  EXPECT_EQ(element.accumulator(), 127);
  element.cycle({.exponents = {minus(0), std::nullopt}, .activations = {3, 0}});
  EXPECT_EQ(element.accumulator(), 124);
}

// 120 + (12 - 3) stays at 127, where step by step 127 - 3 would be left.
TEST(ShiftElement, SaturatesOnceACycle) {
  ShiftElement element(MacWidths{.accumulator = 8, .saturates = true});
  element.start(120);
  element.cycle({.exponents = {plus(2), minus(0)}, .activations = {3, 3}});
  EXPECT_EQ(element.accumulator(), 127);
}

// One output of three steps on a map of one pixel.
ElementRun run_one(const std::vector<std::int16_t>& weights, const char* format) {
  const std::vector<std::int16_t> input = {3, 7, 10};
  const std::vector<std::int32_t> bias = {1};
  Convolution convolution;
  convolution.shape = {.channels = 3};
  convolution.input = input.data();
  convolution.weights = weights.data();
  convolution.bias = bias.data();
  return run_on_shift_element(convolution, NumberFormat(format));
}

// Of three steps the last one has a cycle of its own, and its other shifter adds nothing.
TEST(ShiftElement, PairsOfPowersOfTwo) {
  const auto run = run_one({4, 0, -2}, "pot4");
  EXPECT_THAT(run.accumulators, ElementsAre(1 + 12 - 20));
  EXPECT_EQ(run.activity.cycles, 2);
  EXPECT_EQ(run.activity.zero_shifts, 2);
}

TEST(ShiftElement, PairsOfExponents) {
  const auto run = run_one({6, -8, 0}, "twohot4");
  EXPECT_THAT(run.accumulators, ElementsAre(1 + 18 - 56));
  EXPECT_EQ(run.activity.cycles, 3);
  EXPECT_EQ(run.activity.zero_shifts, 3);  // 6 = 8 - 2, -8 has one exponent, 0 none
}

// sqrt(2) = 181 / 128 has five signed digits: 256 - 64 - 16 + 4 + 1.
TEST(ShiftElement, MoreExponentsTakeMoreCycles) {
  const auto run = run_one({181, 128, 0}, "logsqrt4");
  EXPECT_THAT(run.accumulators, ElementsAre(1 + 543 + 896));
  EXPECT_EQ(run.activity.cycles, 9);
  EXPECT_EQ(run.activity.zero_shifts, 12);
}

TEST(ShiftElement, RefusesOtherWeightsAndFaults) {
  EXPECT_THROW(run_one({5, 0, 0}, "pot4"), Error);
  Convolution faulty;
  faulty.fault = {.site = MacSite::product, .output = 7};
  try {
    run_on_shift_element(faulty, NumberFormat("pot4"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("output 7"));
  }
}

std::vector<std::int32_t> plain(const Convolution& convolution) {
  std::vector<std::int32_t> accumulators;
  for (std::int64_t i = 0; i < convolution.outputs(); ++i) accumulators.push_back(convolution(i));
  return accumulators;
}

// The element gives the accumulators of the plain convolution, and does what the formula says.
void expect_agreement(const IntegerNetwork& network, const IntegerLayer& layer,
                      const Activations& run) {
  const auto input = static_cast<std::size_t>(layer.inputs.front());
  const auto convolution = convolution_of(network, layer, run.stored[input].data());
  const auto& format = layer.weight_format;
  const auto element = run_on_shift_element(convolution, format);
  if (!may_saturate(network, layer)) {
    ASSERT_EQ(element.accumulators, plain(convolution)) << layer.name << ' ' << format.name();
  }

  const auto& activity = element.activity;
  const auto work =
      shift_element_workload(layer.convolution, format, network.layers[input].format.number);
  EXPECT_EQ(activity.cycles, work.cycles);
  EXPECT_EQ(activity.shifts, work.count(Arithmetic::shift));
  EXPECT_EQ(activity.tree_additions + activity.accumulations, work.count(Arithmetic::add));
  if (!needs_multiplier(format)) {
    EXPECT_EQ(activity.zero_shifts, layer_workload(network, layer).zero_shifts);
  }
}

void expect_agreement(const Subject& subject) {
  const auto backend = make_backend("cpu");
  const auto run = forward(subject.network, subject.images[0], *backend);
  for (const auto& layer : subject.network.layers)
    if (layer.kind == LayerKind::convolution) expect_agreement(subject.network, layer, run);
}

TEST(ShiftElement, EveryFormatOfWeights) {
  for (const auto& name : number_format_names()) {
    const NumberFormat format(name);
    if (!format.is_signed() || format.value_bits() > 16) continue;
    NetworkBuilder net(5, 5, 5, 3, {NumberFormat("linear8")});
    net.weight_format = format;
    const int odd = net.convolution(0, {.filters = 2, .kernel = 3, .stride = 2, .padding = 1});
    const int even = net.convolution(odd, {.filters = 4, .kernel = 2, .groups = 2});
    net.convolution(even, {.filters = 3, .kernel = net.at(even).width});
    expect_agreement(finish(name, net));
  }
}

TEST(ShiftElement, EveryLayerOfTheNetworks) {
  for (const auto& subject : subjects()) expect_agreement(subject);
  for (std::uint64_t seed = 0; seed < 20; ++seed) expect_agreement(random_network(seed));
}

}  // namespace
}  // namespace citrine::testing
