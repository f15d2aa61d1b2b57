// Classes of faults against every fault injected by itself.
#include "faultsim/fault_classes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "faultsim/fault_space.h"
#include "faultsim/injection.h"
#include "kernels/backend.h"
#include "kernels/error.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

constexpr Site kOutputSites[] = {Site::weight_operand,  Site::activation_operand,
                                 Site::product,         Site::accumulator,
                                 Site::output_register, Site::activation_memory};

// Only notes what a fault changes in its layer.
class NotingRun : public FaultyRun {
 public:
  void load(const Activations&) override {}
  void start() override { value.reset(); }
  void change(std::size_t, std::size_t, std::int16_t code) override { value = code; }
  void change_logit(std::size_t, std::int32_t logit) override { value = logit; }
  void propagate(std::size_t) override {}
  std::span<const std::int32_t> logits() const override { return {}; }
  std::optional<std::int32_t> value;
};

// By slot: faults masked at the site, in the layer, and by the value that is stored.
struct SlotCounts {
  std::uint64_t at_site = 0, in_layer = 0;
  std::map<std::int32_t, std::uint64_t> of_value;
  bool operator==(const SlotCounts&) const = default;
};

std::vector<SlotCounts> counts_of(const OutputClasses& classes, std::size_t slots) {
  std::vector<SlotCounts> all(slots);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    all[slot].at_site = classes.masked_at_site[slot];
    all[slot].in_layer = classes.masked_in_layer[slot];
    for (std::size_t i = 0; i < classes.values.size(); ++i)
      if (const auto count = classes.counts[i * slots + slot]; count > 0)
        all[slot].of_value[classes.values[i]] += count;
  }
  return all;
}

std::uint64_t sum_of(const SlotCounts& counts) {
  std::uint64_t sum = counts.at_site + counts.in_layer;
  for (const auto& [value, count] : counts.of_value) sum += count;
  return sum;
}

SlotCounts injected(const IntegerNetwork& network, Fault fault, const Activations& golden) {
  SlotCounts counts;
  NotingRun run;
  const auto steps = site_extent(network, fault.site, fault.layer).steps;
  for (fault.step = 0; fault.step < steps; ++fault.step) {
    run.start();
    const auto masked = inject(network, fault, golden, run);
    if (!masked)
      ++counts.of_value[*run.value];
    else
      ++(*masked == OutcomeKind::masked_at_site ? counts.at_site : counts.in_layer);
  }
  return counts;
}

// Gives the number of faults.
std::uint64_t expect_injected(const IntegerNetwork& network, const Activations& golden) {
  std::uint64_t faults = 0;
  for (std::uint32_t layer = 0; layer < network.layers.size(); ++layer) {
    FaultClasses finder(network, layer, kOutputSites, golden);
    const auto& slots = finder.slots();
    OutputClasses classes;
    const auto elements = network.layers[layer].elements();
    for (std::uint32_t element = 0; !slots.empty() && element < elements; ++element) {
      finder.find(element, classes);
      const auto counts = counts_of(classes, slots.size());
      for (std::size_t slot = 0; slot < slots.size(); ++slot) {
        const Fault fault{
            .site = slots[slot].site, .layer = layer, .element = element, .bit = slots[slot].bit};
        EXPECT_TRUE(counts[slot] == injected(network, fault, golden))
            << name_of(fault.site) << " layer " << layer << " element " << element << " bit "
            << fault.bit;
        faults += sum_of(counts[slot]);
      }
      if (::testing::Test::HasFailure()) return faults;
    }
  }
  return faults;
}

std::uint64_t all_faults(const IntegerNetwork& network) {
  std::uint64_t sum = 0;
  for (const Site site : kOutputSites) sum += FaultSpace(network, site).size();
  return sum;
}

void expect_every_fault(const Subject& subject) {
  SCOPED_TRACE(subject.name);
  const auto backend = make_backend("cpu");
  const auto golden = forward(subject.network, subject.images[0], *backend);
  EXPECT_EQ(expect_injected(subject.network, golden), all_faults(subject.network));
}

TEST(FaultClasses, HoldEveryFaultOfLayersOfAllKinds) {
  for (const auto& subject : subjects()) expect_every_fault(subject);
}

TEST(FaultClasses, HoldEveryFaultOfRandomNetworks) {
  bool saturates = false, wraps = false;
  for (std::uint64_t seed = 2000; seed < 2012; ++seed) {
    const auto subject = random_network(seed);
    expect_every_fault(subject);
    for (const auto& layer : subject.network.layers) {
      saturates = saturates || layer.accumulator.overflow == Overflow::saturate;
      wraps = wraps || layer.accumulator.overflow == Overflow::wrap;
    }
  }
  EXPECT_TRUE(saturates && wraps);
}

// Accumulators so narrow that most sums saturate on the way.
TEST(FaultClasses, HoldEveryFaultWhereSumsSaturate) {
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    NetworkBuilder net(seed, 3, 3, 4, {NumberFormat("linear5")});
    net.overflow = Overflow::saturate;
    net.missing_bits = 5;
    const int a = net.convolution(0, {.filters = 4, .kernel = 3, .padding = 1});
    const int b = net.convolution(a, {.filters = 4, .kernel = 3, .padding = 1}, a);
    net.convolution(b, {.filters = 3, .kernel = 3});
    expect_every_fault(finish("saturating", net));
  }
}

// The sum 2 * 3 + 1 has bits 0 to 2 set, so flips take off 1, 2 and 4; bit 3 adds 8.
TEST(FaultClasses, ByHand) {
  NetworkBuilder net(1, 1, 1, 1, {NumberFormat("unsigned4")});
  net.convolution(0, {.filters = 1});
  auto network = net.finish();
  auto& layer = network.layers.back();
  layer.weights = {2};
  layer.bias = {1};
  const std::vector<std::int16_t> image = {3};
  const auto backend = make_backend("cpu");
  const auto golden = forward(network, image, *backend);
  ASSERT_EQ(golden.logits[0], 7);
  const Site site = Site::accumulator;
  FaultClasses finder(network, 1, std::span(&site, 1), golden);
  OutputClasses classes;
  finder.find(0, classes);
  ASSERT_GE(classes.values.size(), 4U);
  EXPECT_EQ(classes.values[0], 6);
  EXPECT_EQ(classes.values[1], 5);
  EXPECT_EQ(classes.values[2], 3);
  EXPECT_EQ(classes.values[3], 15);
}

TEST(FaultClasses, RefuseWeightMemory) {
  const auto subject = residual_network();
  const auto backend = make_backend("cpu");
  const auto golden = forward(subject.network, subject.images[0], *backend);
  const Site site = Site::weight_memory;
  EXPECT_THROW(FaultClasses(subject.network, 1, std::span(&site, 1), golden), Error);
}

}  // namespace
}  // namespace citrine::testing
