// Exact counts against every fault run by itself.
#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "faultsim/exhaustive.h"
#include "faultsim/fault_space.h"
#include "kernels/error.h"
#include "quant/networks.h"
#include "quant/operation_count.h"

namespace citrine::testing {
namespace {

constexpr Site kCountedSites[] = {
    Site::weight_operand,  Site::activation_operand, Site::product,           Site::accumulator,
    Site::output_register, Site::weight_memory,      Site::activation_memory, Site::bias_memory};
constexpr Site kLearnedSites[] = {Site::weight_memory, Site::bias_memory};

// Of all layers' slots, each fault run by itself.
std::vector<LayerCounts> single_runs(const IntegerNetwork& network, const Engine& engine,
                                     const Golden& golden, std::span<const Site> sites) {
  std::vector<LayerCounts> layers(network.layers.size());
  for (std::uint32_t i = 0; i < layers.size(); ++i)
    for (const Site site : sites) {
      const auto extent = site_extent(network, site, i);
      for (std::uint32_t bit = 0; bit < extent.bits; ++bit)
        layers[i].slots.push_back({{site, bit}, {}, std::vector<std::uint64_t>(extent.elements)});
    }
  for (const Site site : sites) {
    const FaultSpace space(network, site);
    for (std::uint64_t i = 0; i < space.size(); ++i) {
      const auto fault = space[i];
      const auto outcome = engine.run(fault, golden);
      auto& layer = layers[fault.layer];
      auto& slot = *std::ranges::find(layer.slots, FaultSlot{site, fault.bit}, &LayerSlot::slot);
      add(slot.faults, outcome);
      slot.sdc[fault.element] += outcome.kind == OutcomeKind::sdc ? 1 : 0;
      layer.trials += outcome.kind > OutcomeKind::masked_in_layer ? 1 : 0;
    }
  }
  return layers;
}

std::vector<LayerCounts> expect_single_runs(const Subject& subject, std::span<const Site> sites) {
  SCOPED_TRACE(subject.name);
  const auto backend = make_backend("cpu");
  const Engine engine(subject.network, *backend);
  const auto golden = engine.golden(subject.images[0]);
  const auto expected = single_runs(subject.network, engine, golden, sites);
  std::uint64_t trials = 0, single_trials = 0;
  for (std::uint32_t i = 0; i < expected.size(); ++i) {
    const auto found = exhaust_layer(engine, subject.network, i, sites, golden);
    EXPECT_EQ(found.slots, expected[i].slots) << "layer " << i;
    trials += found.trials;
    single_trials += expected[i].trials;
  }
  EXPECT_GT(trials, 0U);
  // Faults of one output may share a trial, those of a weight do not.
  if (std::ranges::all_of(sites, is_learned))
    EXPECT_EQ(trials, single_trials);
  else
    EXPECT_LT(trials, single_trials);
  return expected;
}

TEST(ExhaustiveCounts, EqualSingleRuns) {
  EventCounts all;
  for (const auto& subject : subjects())
    for (const auto& layer : expect_single_runs(subject, kCountedSites))
      for (const auto& slot : layer.slots) all += slot.faults;
  // The networks are worth their test.
  for (const Event event : kEvents) EXPECT_GT(all[event], 0U) << name_of(event);
}

// Those that are counted are as in a full count, the others have no faults; a step that shared a
// divisor with the channels would miss some of these.
TEST(ExhaustiveCounts, OfSomeElementsAreSpread) {
  constexpr std::size_t kMost = 50;  // of 150, of 6 channels
  const auto subject = grouped_network();
  const auto backend = make_backend("cpu");
  const Engine engine(subject.network, *backend);
  const auto golden = engine.golden(subject.images[0]);
  const auto all = exhaust_layer(engine, subject.network, 2, kCountedSites, golden);
  const auto some = exhaust_layer(engine, subject.network, 2, kCountedSites, golden, kMost);
  ASSERT_EQ(some.slots.size(), all.slots.size());
  EXPECT_LT(some.trials, all.trials);
  for (std::size_t i = 0; i < all.slots.size(); ++i) {
    const auto elements = all.slots[i].sdc.size();
    auto step = std::max<std::size_t>(elements / kMost, 1);
    while (std::gcd(step, elements) > 1) ++step;
    EXPECT_EQ(trials_of(some.slots[i].faults) * elements,
              trials_of(all.slots[i].faults) * ((elements + step - 1) / step));
    for (std::size_t element = 0; element < elements; ++element)
      EXPECT_EQ(some.slots[i].sdc[element], element % step == 0 ? all.slots[i].sdc[element] : 0);
  }
}

TEST(ExhaustiveCounts, OfWeightsEqualSingleRunsInRandomFormats) {
  bool saturates = false, shifts = false;
  for (std::uint64_t seed = 2000; seed < 2012; ++seed) {
    const auto subject = random_network(seed);
    expect_single_runs(subject, kLearnedSites);
    for (const auto& layer : subject.network.layers) {
      if (layer.kind != LayerKind::convolution) continue;
      saturates = saturates || layer.accumulator.overflow == Overflow::saturate;
      shifts = shifts || !needs_multiplier(layer.weight_format);
    }
  }
  EXPECT_TRUE(saturates && shifts);
}

TEST(ExhaustiveCounts, AreOfAllFaultsOfWeights) {
  for (const auto& subject : subjects()) {
    SCOPED_TRACE(subject.name);
    const auto backend = make_backend("cpu");
    const Engine engine(subject.network, *backend);
    const auto golden = engine.golden(subject.images[0]);
    for (const Site site : kLearnedSites) {
      std::uint64_t faults = 0;
      for (std::uint32_t i = 0; i < subject.network.layers.size(); ++i)
        for (const auto& slot :
             exhaust_layer(engine, subject.network, i, std::span(&site, 1), golden).slots)
          faults += trials_of(slot.faults);
      EXPECT_EQ(faults, FaultSpace(subject.network, site).size()) << name_of(site);
    }
  }
}

// Input 3, weights 2 and 1, biases 0: logits 6 and 3. Of the first weight bits 1 (2 becomes 0) and
// 7 (-126) let the second logit win; of the second bits 1 to 6 (3, 5, 9, ... times 3) win. Of the
// biases the sign of the first, and bits 2 to 30 of the second, which add 4 and more.
TEST(ExhaustiveCounts, ByHand) {
  NetworkBuilder net(1, 1, 1, 1, {NumberFormat("unsigned4")});
  net.convolution(0, {.filters = 2});
  auto network = net.finish();
  network.layers.back().weights = {2, 1};
  network.layers.back().bias = {0, 0};
  const auto backend = make_backend("cpu");
  const Engine engine(network, *backend);
  ExhaustiveResult result;
  result.labels = result.classes = {0};
  add_layer(result, 1,
            exhaust_layer(engine, network, 1, kLearnedSites,
                          engine.golden(std::vector<std::int16_t>{3})));
  ASSERT_EQ(result.criticality.size(), 2U);
  EXPECT_EQ(result.criticality[0], (Criticality{1, Site::weight_memory, {2, 6}}));
  EXPECT_EQ(result.criticality[1], (Criticality{1, Site::bias_memory, {1, 29}}));
  EXPECT_EQ(result.trials, 2 * 8 + 2 * 32U);
  ASSERT_EQ(result.counts.size(), 8U + 32);
  EXPECT_EQ(result.counts[0], (SlotCounts{0, 1, {Site::weight_memory, 0}, {0, 0, 0, 2, 0, 0}}));
  EXPECT_EQ(result.counts[1], (SlotCounts{0, 1, {Site::weight_memory, 1}, {0, 0, 0, 0, 2, 0}}));

  // Times an input of 0 all weights are the same.
  const auto black = engine.golden(std::vector<std::int16_t>{0});
  const Site site = Site::weight_memory;
  const auto counts = exhaust_layer(engine, network, 1, std::span(&site, 1), black);
  EXPECT_EQ(counts.trials, 0U);
  for (const auto& slot : counts.slots) EXPECT_EQ(slot.faults, (EventCounts{2, 0, 0, 0, 0, 2}));
}

TEST(ExhaustiveCounts, RefuseSitesOfScales) {
  const auto subject = residual_network();
  const auto backend = make_backend("cpu");
  const Engine engine(subject.network, *backend);
  const auto golden = engine.golden(subject.images[0]);
  const Site site = Site::scale_shift;
  EXPECT_FALSE(is_counted(site));
  EXPECT_THROW(exhaust_layer(engine, subject.network, 1, std::span(&site, 1), golden), Error);
}

}  // namespace
}  // namespace citrine::testing
