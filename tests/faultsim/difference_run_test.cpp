// Runs by differences against runs that recompute rectangles on a backend.
#include "faultsim/difference_run.h"

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "faultsim/convolution_cost.h"
#include "faultsim/fault_space.h"
#include "faultsim/injection.h"
#include "faultsim/rectangle_run.h"
#include "faultsim/resnet20.h"
#include "faultsim/some_faults.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

using Logits = std::vector<std::int32_t>;

Logits faulty_logits(const IntegerNetwork& network, const Fault& fault, const Activations& golden,
                     FaultyRun& run) {
  run.start();
  if (!inject(network, fault, golden, run)) run.propagate(fault.layer);
  return {run.logits().begin(), run.logits().end()};
}

// Local ones of every site; in half of them the bit is in the upper half, where less is masked.
std::vector<Fault> strong_faults(const IntegerNetwork& network, std::uint64_t seed,
                                 std::uint64_t each) {
  auto faults = some_faults(network, seed, each);
  std::erase_if(faults, [&](const Fault& fault) { return !is_local(network, fault); });
  for (std::size_t i = 0; i < faults.size(); i += 2) {
    auto& fault = faults[i];
    const auto bits =
        static_cast<std::uint32_t>(site_extent(network, fault.site, fault.layer).bits);
    fault.bit = bits / 2 + fault.bit % (bits - bits / 2);
  }
  return faults;
}

enum class Anew { never, always, measured };

template <class Element>
std::unique_ptr<FaultyRun> difference_run(DifferenceNetwork<Element>& network, Anew anew) {
  const ConvolutionCost dear{.output = 1, .element = 1, .anew = 0};
  if (anew == Anew::always)
    network.set_costs(std::vector<ConvolutionCost>(network.network().layers.size(), dear));
  if (anew == Anew::measured) network.set_costs(measured_costs(network));
  return std::make_unique<DifferenceRun<Element>>(network);
}

template <class Element>
void expect_rectangles(const IntegerNetwork& network,
                       const std::vector<std::vector<std::int16_t>>& images,
                       const std::vector<Fault>& faults, Anew anew) {
  const auto backend = make_backend("cpu");
  DifferenceNetwork<Element> shared(network);
  const auto run = difference_run(shared, anew);
  RectangleRun rectangles(network, *backend);
  std::size_t changed = 0;
  for (const auto& image : images) {
    const auto golden = forward(network, image, *backend);
    run->load(golden);
    rectangles.load(golden);
    for (const auto& fault : faults) {
      const auto logits = faulty_logits(network, fault, golden, *run);
      ASSERT_EQ(logits, faulty_logits(network, fault, golden, rectangles))
          << name_of(fault.site) << " layer " << fault.layer << " element " << fault.element
          << " step " << fault.step << " bit " << fault.bit;
      changed += logits != golden.logits ? 1 : 0;
    }
    // Nothing is left of a run.
    run->start();
    EXPECT_TRUE(std::ranges::equal(run->logits(), golden.logits));
    EXPECT_EQ(faulty_logits(network, faults.front(), golden, *run),
              faulty_logits(network, faults.front(), golden, rectangles));
  }
  EXPECT_GT(changed, 0U);
}

void expect_rectangles(const IntegerNetwork& network,
                       const std::vector<std::vector<std::int16_t>>& images,
                       const std::vector<Fault>& faults) {
  for (const auto anew : {Anew::never, Anew::always, Anew::measured}) {
    if (fits_bytes(network)) expect_rectangles<std::uint8_t>(network, images, faults, anew);
    expect_rectangles<std::int16_t>(network, images, faults, anew);
  }
}

// Inverted bottlenecks: depthwise of both strides, residuals that are added to sums, a
// concatenation.
NetworkBuilder mobile_builder() {
  NetworkBuilder net(7, 14, 14, 3, {NumberFormat("linear8")});
  int last = net.convolution(0, {.filters = 8, .kernel = 3, .stride = 2, .padding = 1});
  for (const int stride : {1, 2, 1}) {
    const int wide = net.convolution(last, {.filters = 24});
    const int deep = net.convolution(
        wide, {.filters = 24, .kernel = 3, .stride = stride, .padding = 1, .groups = 24});
    last = net.convolution(deep, {.filters = 8}, stride == 1 ? last : -1);
  }
  const int side = net.convolution(last, {.filters = 70, .kernel = 3, .padding = 1, .groups = 2});
  const int both = net.concat(last, side);
  const int pooled = net.pool(LayerKind::max_pool, both, {.kernel = 3, .stride = 2, .padding = 1});
  net.convolution(net.pool(LayerKind::average_pool, pooled, {.kernel = 2}), {.filters = 10});
  return net;
}

TEST(DifferenceRun, EqualsRectanglesOnMobileLayers) {
  auto builder = mobile_builder();
  const auto network = builder.finish();
  expect_rectangles(network, {builder.image(0), builder.image(1)}, strong_faults(network, 11, 60));
}

TEST(DifferenceRun, EqualsRectanglesOnResNet20) {
  auto builder = resnet20_builder();
  const auto network = builder.finish();
  expect_rectangles(network, {builder.image(0)}, strong_faults(network, 12, 8));
}

TEST(DifferenceRun, EqualsRectanglesOnRandomNetworks) {
  for (std::uint64_t seed = 1000; seed < 1040; ++seed) {
    const auto subject = random_network(seed);
    const auto saturates = [&](const IntegerLayer& layer) {
      return may_saturate(subject.network, layer);
    };
    if (std::ranges::any_of(subject.network.layers, saturates)) continue;
    SCOPED_TRACE(seed);
    expect_rectangles(subject.network, {subject.images[0], subject.images[1]},
                      strong_faults(subject.network, seed, 20));
  }
}

TEST(ConvolutionCost, ByHand) {
  const ConvolutionCost cost{.output = 2, .element = 0.5, .anew = 2.5};
  EXPECT_FALSE(cost.is_anew_cheaper(4, 4));
  EXPECT_TRUE(cost.is_anew_cheaper(4, 5));
}

// Windows of 3 by 3 that step by 2 see a pixel 2.25 times.
TEST(ConvolutionCost, CountsWhatWindowsSee) {
  NetworkBuilder net(1, 4, 4, 1, {NumberFormat("unsigned8")});
  net.convolution(0, {.filters = 1, .kernel = 3, .stride = 2, .padding = 1});
  net.convolution(1, {.filters = 2, .kernel = 2});
  const auto network = net.finish();
  EXPECT_EQ(DifferenceNetwork<std::uint8_t>(network).layer(1).seen_elements(4), 9);
}

}  // namespace
}  // namespace citrine::testing
