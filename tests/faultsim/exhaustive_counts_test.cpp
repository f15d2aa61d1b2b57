// Exact counts by classes against every fault run by itself.
#include <algorithm>

#include <gtest/gtest.h>

#include "faultsim/exhaustive.h"
#include "faultsim/fault_space.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

constexpr Site kCountedSites[] = {Site::weight_operand,  Site::activation_operand,
                                  Site::product,         Site::accumulator,
                                  Site::output_register, Site::activation_memory};

std::uint64_t expect_single_runs(const IntegerNetwork& network, const Engine& engine,
                                 const Golden& golden) {
  std::vector<LayerCounts> found, expected(network.layers.size());
  for (std::uint32_t i = 0; i < network.layers.size(); ++i) {
    found.push_back(exhaust_layer(engine, network, i, kCountedSites, golden));
    expected[i].slots = found[i].slots;
    expected[i].faults.resize(found[i].faults.size());
    expected[i].sdc.resize(found[i].sdc.size());
  }
  for (const Site site : kCountedSites) {
    const FaultSpace space(network, site);
    for (std::uint64_t i = 0; i < space.size(); ++i) {
      const auto fault = space[i];
      const auto outcome = engine.run(fault, golden);
      auto& layer = expected[fault.layer];
      const auto slot = static_cast<std::size_t>(
          std::ranges::find(layer.slots, FaultSlot{site, fault.bit}) - layer.slots.begin());
      ++layer.faults[slot][static_cast<std::size_t>(outcome.kind)];
      layer.sdc[fault.element * layer.slots.size() + slot] += outcome.kind == OutcomeKind::sdc;
    }
  }
  std::uint64_t trials = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].faults, expected[i].faults) << "layer " << i;
    EXPECT_EQ(found[i].sdc, expected[i].sdc) << "layer " << i;
    trials += found[i].trials;
  }
  return trials;
}

TEST(ExhaustiveCounts, EqualSingleRuns) {
  for (const auto& subject : subjects()) {
    SCOPED_TRACE(subject.name);
    const auto backend = make_backend("cpu");
    const Engine engine(subject.network, *backend);
    EXPECT_GT(expect_single_runs(subject.network, engine, engine.golden(subject.images[0])), 0U);
  }
}

}  // namespace
}  // namespace citrine::testing
