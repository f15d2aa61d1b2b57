// Explanations of faults: a network computed by hand, and agreement with the engine.
#include "faultsim/explanation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "faultsim/campaign.h"
#include "faultsim/engine.h"
#include "faultsim/fault_place.h"
#include "faultsim/fault_space.h"
#include "faultsim/subject_images.h"
#include "kernels/error.h"
#include "quant/networks.h"
#include "some_faults.h"

namespace citrine::testing {
namespace {

// 2x2 image; stored = (3 x + 1) / 2, halves rounded up; logits {a + b + c + d, 2 a - d} of the four
// stored elements. Of the image {5, 0, 7, 2} the sums are {16, 1, 22, 7}, the stored elements
// {8, 1, 11, 4}, the logits {24, 12}.
IntegerNetwork tiny_network() {
  NetworkBuilder net(0, 2, 2, 1, {NumberFormat("unsigned8"), 0.5});
  net.format = {NumberFormat("unsigned8"), 0.25};
  net.convolution(0, {.filters = 1});
  net.convolution(1, {.filters = 2, .kernel = 2});
  auto network = net.finish();
  network.layers[1].weights = {3};
  network.layers[1].bias = {1};
  network.layers[1].scales = {{.shift = 1}};
  network.layers[1].weight_steps = {0.125};
  network.layers[2].weights = {1, 1, 1, 1, 2, 0, 0, -1};
  network.layers[2].bias = {0, 0};
  return network;
}

const std::vector<std::int16_t> kImage = {5, 0, 7, 2};

Explanation explain_tiny(const Fault& fault) {
  return explain(tiny_network(), fault, kImage, *make_backend("cpu"));
}

const RegisterChange& at(const Explanation& explanation, std::string_view name) {
  return *std::ranges::find(explanation.registers, name, &RegisterChange::name);
}

void expect_change(const Explanation& explanation, std::string_view name, std::int32_t before,
                   std::int32_t after) {
  EXPECT_EQ(at(explanation, name).before.value, before) << name;
  EXPECT_EQ(at(explanation, name).after.value, after) << name;
}

std::vector<std::string_view> names(const Explanation& explanation) {
  std::vector<std::string_view> names;
  for (const auto& change : explanation.registers) names.push_back(change.name);
  return names;
}

using Logits = std::vector<std::int32_t>;
using Names = std::vector<std::string_view>;

// Bit 3 of 7 * 3 = 10101 gives 29, the sum 30, the stored element 15.
TEST(Explanation, FollowsAProductThroughEveryRegister) {
  const auto explanation = explain_tiny({Site::product, 1, 2, 0, 3});
  EXPECT_EQ(names(explanation), (Names{"weight_operand", "activation_operand", "product",
                                       "accumulator", "sum", "output_register"}));
  EXPECT_EQ(explanation.output, 2U);
  expect_change(explanation, "weight_operand", 3, 3);
  expect_change(explanation, "activation_operand", 7, 7);
  expect_change(explanation, "product", 21, 29);
  expect_change(explanation, "accumulator", 22, 30);
  expect_change(explanation, "sum", 22, 30);
  expect_change(explanation, "output_register", 11, 15);
  EXPECT_EQ(at(explanation, "product").changed_bits(), 8U);
  EXPECT_EQ(at(explanation, "output_register").changed_bits(), 0b0100U);
  EXPECT_EQ(at(explanation, "weight_operand").before.real(), 3 * 0.125);
  EXPECT_EQ(at(explanation, "activation_operand").before.real(), 7 * 0.5);
  EXPECT_EQ(at(explanation, "sum").after.real(), 30 * 0.125 * 0.5);
  EXPECT_EQ(at(explanation, "output_register").after.real(), 15 * 0.25);
}

TEST(Explanation, ComparesEveryLayer) {
  const auto explanation = explain_tiny({Site::product, 1, 2, 0, 3});
  ASSERT_EQ(explanation.layers.size(), 3U);
  const auto& input = explanation.layers[0];
  const auto& hidden = explanation.layers[1];
  const auto& last = explanation.layers[2];
  EXPECT_FALSE(input.is_reached);
  EXPECT_EQ(input.changed, 0);
  EXPECT_TRUE(hidden.is_reached);
  EXPECT_EQ(hidden.changed, 1);
  EXPECT_EQ(hidden.elements, 4);
  EXPECT_EQ(hidden.changed_pixels, 1);
  EXPECT_EQ(hidden.pixels, 4);
  EXPECT_EQ(hidden.largest, 4);
  EXPECT_EQ(hidden.largest_real, 1.0);
  EXPECT_EQ(hidden.changed_channels, (std::vector<std::uint32_t>{0, 0, 1, 0}));
  EXPECT_EQ(last.changed, 1);
  EXPECT_EQ(last.largest, 4);
  EXPECT_EQ(explanation.golden_logits, (Logits{24, 12}));
  EXPECT_EQ(explanation.faulty_logits, (Logits{28, 12}));
  EXPECT_EQ(explanation.outcome.kind, OutcomeKind::benign);
}

// 3 becomes 1: sums {6, 1, 8, 3}, stored {3, 1, 4, 2}; the third output changed most.
TEST(Explanation, ShowsTheOutputThatAWeightChangedMost) {
  const auto explanation = explain_tiny({Site::weight_memory, 1, 0, 0, 1});
  EXPECT_EQ(names(explanation), (Names{"weight_memory", "sum", "output_register"}));
  expect_change(explanation, "weight_memory", 3, 1);
  EXPECT_EQ(explanation.output, 2U);
  EXPECT_EQ(explanation.changed_sums, 3);
  expect_change(explanation, "sum", 22, 8);
  expect_change(explanation, "output_register", 11, 4);
  EXPECT_EQ(explanation.layers[1].changed, 3);
  EXPECT_EQ(explanation.layers[1].largest, 7);
  EXPECT_EQ(explanation.faulty_logits, (Logits{10, 4}));
}

// Bias 1 is read as 7: sums {22, 7, 28, 13}, stored {11, 4, 14, 7}, each changed by 3.
TEST(Explanation, ShowsABiasWithBitsStuck) {
  const auto explanation = explain_tiny(
      {.site = Site::bias_memory, .layer = 1, .bit = 1, .width = 2, .effect = Effect::stuck_at_1});
  EXPECT_EQ(names(explanation), (Names{"bias_memory", "sum", "output_register"}));
  expect_change(explanation, "bias_memory", 1, 7);
  EXPECT_EQ(at(explanation, "bias_memory").changed_bits(), 0b110U);
  EXPECT_EQ(at(explanation, "bias_memory").after.real(), 7 * 0.125 * 0.5);
  EXPECT_EQ(explanation.output, 0U);
  EXPECT_EQ(explanation.changed_sums, 4);
  expect_change(explanation, "sum", 16, 22);
  expect_change(explanation, "output_register", 8, 11);
  EXPECT_EQ(explanation.faulty_logits, (Logits{36, 15}));
}

// A shift by 3 stores {2, 0, 3, 1}.
TEST(Explanation, ShowsTheOutputThatAScaleChangedMost) {
  const auto explanation = explain_tiny({.site = Site::scale_shift, .layer = 1, .bit = 1});
  EXPECT_EQ(names(explanation), (Names{"scale_shift", "sum", "output_register"}));
  expect_change(explanation, "scale_shift", 1, 3);
  EXPECT_EQ(explanation.output, 2U);
  EXPECT_EQ(explanation.changed_sums, 0);
  expect_change(explanation, "sum", 22, 22);
  expect_change(explanation, "output_register", 11, 3);
  EXPECT_EQ(explanation.faulty_logits, (Logits{6, 3}));
  const auto negative = explain_tiny({.site = Site::scale_shift, .layer = 1, .bit = 6});
  expect_change(negative, "scale_shift", 1, -63);

  auto network = tiny_network();
  network.layers[1].scales = {{.multiplier = 2, .shift = 2}};
  const Fault same{
      .site = Site::scale_multiplier, .layer = 1, .bit = 1, .effect = Effect::stuck_at_1};
  const auto masked = explain(network, same, kImage, *make_backend("cpu"));
  EXPECT_EQ(names(masked), (Names{"scale_multiplier"}));
  EXPECT_EQ(masked.outcome.kind, OutcomeKind::masked_at_site);
}

// Weight 4 = 2^2: sums {21, 1, 29, 9}, stored {11, 1, 15, 5}, logits {32, 17}. Registers have 3
// bits of exponent, the sign and the use.
IntegerNetwork shift_network() {
  auto network = tiny_network();
  network.layers[1].weights = {4};
  for (const std::size_t layer : {1, 2}) network.layers[layer].weight_format = NumberFormat("pot4");
  return network;
}

TEST(Explanation, FollowsAnExponent) {
  const auto network = shift_network();
  const auto backend = make_backend("cpu");
  const Fault fault{.site = Site::exponent_register, .layer = 1, .element = 2};
  const auto explanation = explain(network, fault, kImage, *backend);
  EXPECT_EQ(names(explanation), (Names{"weight_operand", "activation_operand", "exponent_register",
                                       "product", "accumulator", "sum", "output_register"}));
  expect_change(explanation, "exponent_register", 0b10'010, 0b10'011);
  expect_change(explanation, "product", 28, 56);
  expect_change(explanation, "sum", 29, 57);
  expect_change(explanation, "output_register", 15, 29);
  const auto given = explain(network, {.site = Site::shifter, .layer = 1, .element = 2, .bit = 0},
                             kImage, *backend);
  expect_change(given, "shifter", 28, 29);
  expect_change(given, "product", 28, 29);
}

// The second multiply-accumulate of a cycle is given the first one's activation, 11 for 1.
TEST(Explanation, FollowsAMode) {
  const auto network = shift_network();
  const auto backend = make_backend("cpu");
  const auto explanation = explain(network, {.site = Site::mode_bit, .layer = 2}, kImage, *backend);
  EXPECT_EQ(mac_step(network, {.site = Site::mode_bit, .layer = 2}), 1);
  expect_change(explanation, "mode_bit", 0, 1);
  expect_change(explanation, "activation_operand", 1, 1);
  expect_change(explanation, "product", 1, 11);
  expect_change(explanation, "sum", 32, 42);
  EXPECT_EQ(explanation.faulty_logits, (Logits{42, 17}));
  const auto alone = explain(network, {.site = Site::mode_bit, .layer = 1}, kImage, *backend);
  EXPECT_EQ(names(alone), (Names{"mode_bit", "sum", "output_register"}));
  EXPECT_EQ(alone.outcome.kind, OutcomeKind::masked_at_site);
}

// Of the first convolution the second row computes outputs 1 and 3, whose products 0 and 6 become 8
// and 14: stored {8, 5, 11, 8}. Of the second one, with one pixel, it computes nothing.
TEST(Explanation, CountsWhatAnElementOfTheArrayComputes) {
  const ArrayShape array{.rows = 2, .columns = 1};
  const Fault fault{.site = Site::array_product, .element = 1, .bit = 3};
  const auto backend = make_backend("cpu");
  const auto explanation = explain(tiny_network(), fault, kImage, *backend, array);
  EXPECT_EQ(names(explanation), Names{});
  EXPECT_EQ(explanation.output, std::nullopt);
  EXPECT_EQ(explanation.changed_sums, 2 + 2);
  EXPECT_EQ(explanation.layers[1].array_outputs, 2);
  EXPECT_EQ(explanation.layers[1].array_macs, 2);
  EXPECT_EQ(explanation.layers[1].changed, 2);
  EXPECT_FALSE(explanation.layers[2].has_fault);
  EXPECT_EQ(explanation.layers[2].array_macs, 0);
  EXPECT_EQ(explanation.faulty_logits, (Logits{32, 8}));
  const ArrayShape steps{.rows = 3, .columns = 2, .mapping = Mapping::weight_stationary};
  const auto first =
      explain(tiny_network(), {.site = Site::array_product}, kImage, *backend, steps);
  EXPECT_EQ(first.layers[1].array_macs, 4);
  EXPECT_EQ(first.layers[2].array_outputs, 1);
  EXPECT_EQ(first.layers[2].array_macs, 2);  // steps 0 and 3 of filter 0
  EXPECT_THROW(
      explain(tiny_network(), {.site = Site::array_product, .element = 6}, kImage, *backend, steps),
      Error);
}

TEST(Explanation, ShowsTheFirstOfEqualOutputsOrNone) {
  const auto network = tiny_network();
  const Fault fault{Site::weight_memory, 1, 0, 0, 1};
  const auto backend = make_backend("cpu");
  const std::vector<std::int16_t> equal = {0, 7, 7, 2}, black = {0, 0, 0, 0};
  EXPECT_EQ(explain(network, fault, equal, *backend).output, 1U);
  const auto masked = explain(network, fault, black, *backend);
  EXPECT_EQ(masked.output, std::nullopt);
  EXPECT_EQ(names(masked), (Names{"weight_memory"}));
  EXPECT_EQ(masked.changed_sums, 0);
  EXPECT_EQ(masked.outcome.kind, OutcomeKind::masked_at_site);
}

// A second layer stores x + 2 x of the first one's x, 11: 01011 becomes 00011.
TEST(Explanation, AddsTheResidualToTheSum) {
  NetworkBuilder net(0, 2, 2, 1, {NumberFormat("unsigned8")});
  net.convolution(0, {.filters = 1});
  net.convolution(1, {.filters = 1}, 1);
  net.convolution(2, {.filters = 2, .kernel = 2});
  auto network = net.finish();
  network.layers[1] = tiny_network().layers[1];
  auto& layer = network.layers[2];
  layer.weights = {1};
  layer.bias = {0};
  layer.scales = {{}};
  layer.residual_scales = {{.shift = -1}};
  const auto explanation =
      explain(network, {Site::product, 2, 2, 0, 3}, kImage, *make_backend("cpu"));
  expect_change(explanation, "sum", 11, 3);
  expect_change(explanation, "sum_with_residual", 33, 25);
  expect_change(explanation, "output_register", 33, 25);
}

// 4 becomes 132.
TEST(Explanation, ChangesStoredElements) {
  for (const auto site : {Site::activation_memory, Site::output_register}) {
    const auto explanation = explain_tiny({site, 1, 3, 0, 7});
    expect_change(explanation, name_of(site), 4, 132);
    EXPECT_EQ(explanation.layers[1].largest, 128);
    EXPECT_EQ(explanation.faulty_logits, (Logits{152, -116}));
  }
}

// The last of the steps 2 * 8 + 0 + 0 - 4 = 12 becomes 28.
TEST(Explanation, ChangesALogit) {
  const auto explanation = explain_tiny({Site::accumulator, 2, 1, 3, 4});
  EXPECT_EQ(names(explanation),
            (Names{"weight_operand", "activation_operand", "product", "accumulator", "sum"}));
  expect_change(explanation, "weight_operand", -1, -1);
  expect_change(explanation, "product", -4, -4);
  EXPECT_EQ(at(explanation, "product").before.code, 0xfffcU);
  expect_change(explanation, "sum", 12, 28);
  EXPECT_EQ(explanation.faulty_logits, (Logits{24, 28}));
  EXPECT_EQ(explanation.outcome.kind, OutcomeKind::sdc);
  EXPECT_EQ(explanation.outcome.faulty_class, 1);
}

TEST(Explanation, TellsWhereAFaultIsMasked) {
  const auto at_site = explain_tiny({Site::weight_operand, 1, 1, 0, 6});  // times 0
  EXPECT_EQ(at_site.outcome.kind, OutcomeKind::masked_at_site);
  expect_change(at_site, "weight_operand", 3, 67);
  expect_change(at_site, "product", 0, 0);
  EXPECT_TRUE(at_site.layers[1].is_masked());
  EXPECT_FALSE(at_site.layers[2].is_reached);

  const auto in_layer = explain_tiny({Site::product, 1, 1, 0, 0});  // (1 + 1) / 2 = 1
  EXPECT_EQ(in_layer.outcome.kind, OutcomeKind::masked_in_layer);
  expect_change(in_layer, "sum", 1, 2);
  EXPECT_TRUE(in_layer.layers[1].is_masked());

  auto network = tiny_network();
  network.layers[2].weights = {1, 1, 0, 1, 2, 0, 0, -1};
  const auto later = explain(network, {Site::product, 1, 2, 0, 3}, kImage, *make_backend("cpu"));
  EXPECT_EQ(later.outcome.kind, OutcomeKind::masked_later);
  EXPECT_FALSE(later.layers[1].is_masked());
  EXPECT_TRUE(later.layers[2].is_masked());
}

TEST(Explanation, RefusesWhatDoesNotFit) {
  EXPECT_THROW(explain_tiny({Site::product, 1, 4, 0, 3}), Error);
  EXPECT_THROW(explain_tiny({Site::product, 3, 0, 0, 3}), Error);
  EXPECT_THROW(explain(tiny_network(), {Site::product, 1, 2, 0, 3}, std::span(kImage).first(3),
                       *make_backend("cpu")),
               Error);
}

TEST(Explanation, NamesPlaces) {
  const auto network = grouped_network().network;
  const auto& layer = network.layers[2];  // 5x5x6 of 5x5x4 in 2 groups, kernel 1
  EXPECT_EQ(output_place(layer, 6 * (5 * 3 + 2) + 4), (std::array<std::int64_t, 3>{3, 2, 4}));
  EXPECT_EQ(step_place(layer, 1), (std::array<std::int64_t, 3>{0, 0, 1}));
  const auto& last = network.layers.back();  // kernel 2
  const int depth = last.convolution.channels;
  EXPECT_EQ(step_place(last, depth * 2 + 5), (std::array<std::int64_t, 3>{1, 0, 5}));
}

// 5x5 inputs of 4 channels, each with a group of its own, padding 1: the output in the corner
// begins outside.
TEST(Explanation, NamesTheInputOfAStep) {
  using Place = std::array<std::int64_t, 3>;
  const auto network = grouped_network().network;
  const auto& depthwise = network.layers[1];
  EXPECT_EQ(input_place(depthwise, 2, 0), std::nullopt);
  EXPECT_EQ(input_place(depthwise, 2, 4), (Place{0, 0, 2}));
  EXPECT_EQ(input_place(depthwise, 2, 5), (Place{0, 1, 2}));
  EXPECT_EQ(input_place(depthwise, 4 * 24 + 3, 8), std::nullopt);
  EXPECT_EQ(input_place(network.layers[2], 6 * 7 + 4, 1), (Place{1, 2, 3}));  // second group
}

// What must hold between the parts of any explanation.
void expect_consistent(const Explanation& explanation, const IntegerNetwork& network,
                       const Fault& fault) {
  std::int64_t differing = 0;
  for (std::size_t i = 0; i < explanation.golden_logits.size(); ++i)
    differing += explanation.golden_logits[i] != explanation.faulty_logits[i] ? 1 : 0;
  EXPECT_EQ(explanation.layers.back().changed, differing);
  EXPECT_EQ(explanation.layers.size(), network.layers.size());
  EXPECT_EQ(explanation.registers.empty(), is_array(fault.site));
  if (!is_array(fault.site)) {
    const auto& site = at(explanation, name_of(fault.site));
    EXPECT_EQ(site.after.code, bit_change(fault)(site.before.code));
  }
  for (const auto& layer : explanation.layers) {
    EXPECT_TRUE(layer.is_reached || layer.changed == 0);
    EXPECT_EQ(layer.changed == 0, layer.largest == 0);
    EXPECT_TRUE(layer.layer >= fault.layer || !layer.is_reached);
  }
}

// The engine propagates differences, the explanation computes everything anew.
TEST(Explanation, AgreesWithTheEngine) {
  const auto backend = make_backend("cpu");
  auto networks = subjects();
  for (std::uint64_t seed = 0; seed < 28; ++seed) networks.push_back(random_network(seed));
  std::array<int, kSites> faults_of{};
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto& subject = networks[i];
    const auto model = model_of(i);
    const Engine engine(subject.network, *backend, model.array);
    const auto golden = engine.golden(subject.images[0]);
    for (const auto& fault : some_faults(subject.network, 5, 20, model)) {
      const auto explanation =
          explain(subject.network, fault, subject.images[0], *backend, model.array);
      const auto where = subject.name + " " + std::string(name_of(fault.site)) + " layer " +
                         std::to_string(fault.layer) + " element " + std::to_string(fault.element) +
                         " model " + std::to_string(i);
      ASSERT_EQ(explanation.golden_logits, golden.logits) << where;
      ASSERT_EQ(explanation.faulty_logits, engine.faulty_logits(fault, golden)) << where;
      ASSERT_EQ(explanation.outcome, engine.run(fault, golden)) << where;
      expect_consistent(explanation, subject.network, fault);
      ASSERT_FALSE(::testing::Test::HasFailure()) << where;
      ++faults_of[static_cast<std::size_t>(fault.site)];
    }
  }
  for (const int count : faults_of) EXPECT_GT(count, 0);
}

TEST(Explanation, GivesTheOutcomesOfACampaign) {
  const auto subject = residual_network();
  const auto backend = make_backend("cpu");
  const auto images = campaign_images(subject, 8);
  CampaignSettings settings;
  settings.trials = 120;
  for (int i = 0; i < kSites; ++i)
    if (FaultSpace(subject.network, static_cast<Site>(i)).size() > 0)
      settings.sites.push_back(static_cast<Site>(i));
  const Campaign campaign(subject.network, images, settings, *backend);
  std::array<int, kOutcomeKinds> kinds{};
  for (const auto& row : campaign.run(0, campaign.rows())) {
    const auto explanation =
        explain(subject.network, row.fault, subject.images[row.image], *backend);
    ASSERT_EQ(explanation.outcome, row.outcome);
    ++kinds[static_cast<std::size_t>(row.outcome.kind)];
  }
  for (const int count : kinds) EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace citrine::testing
