#include "faultsim/fault_space.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "kernels/error.h"
#include "quant/networks.h"
#include "resnet20.h"

namespace citrine::testing {
namespace {

std::uint64_t size(const IntegerNetwork& network, Site site) {
  return FaultSpace(network, site).size();
}

std::uint64_t size(const IntegerNetwork& network, Site site, std::size_t layer,
                   const FaultModel& model = {}) {
  return site_extent(network, site, layer, model).size();
}

TEST(FaultSpace, CountsResNet20) {
  const auto network = resnet20();
  // Convolutions have 40,550,400 MACs, the fully connected layer 640.
  const std::uint64_t macs = 40'551'040;
  EXPECT_EQ(size(network, Site::accumulator), macs * 32);
  EXPECT_EQ(size(network, Site::accumulator), 1'297'612'800U + 640 * 32);
  EXPECT_EQ(size(network, Site::product), macs * 16);
  EXPECT_EQ(size(network, Site::weight_operand), macs * 8);
  EXPECT_EQ(size(network, Site::activation_operand), macs * 8);
  EXPECT_EQ(size(network, Site::output_register), 188'416U * 8);
  // 267,696 weights of convolutions and 640.
  EXPECT_EQ(size(network, Site::weight_memory), 268'336U * 8);
  // The global pool stores 64 more.
  EXPECT_EQ(size(network, Site::activation_memory), (188'416U + 64) * 8);
}

TEST(FaultSpace, CountsByHand) {
  const auto network = residual_network().network;
  // Layer 1: 4x4x2 outputs of 18 steps; inputs have 6 bits.
  EXPECT_EQ(size(network, Site::activation_operand, 1), 32U * 18 * 6);
  EXPECT_EQ(size(network, Site::activation_operand, 2), 32U * 18 * 8);
  EXPECT_EQ(size(network, Site::activation_operand, 3), 0U);
  EXPECT_EQ(size(network, Site::product, 1), 32U * 18 * 14);
  // Convolutions 32, 32, 2x2x4, the sum 16, the pool 4; not the shortcut and not the logits.
  EXPECT_EQ(size(network, Site::activation_memory), (32U + 32 + 16 + 16 + 4) * 8);
  EXPECT_EQ(size(network, Site::output_register), (32U + 32 + 16) * 8);
}

TEST(FaultSpace, NumbersEveryFaultOnceInOrder) {
  for (const auto& subject : subjects())
    for (int site = 0; site < kSites; ++site) {
      const FaultSpace space(subject.network, static_cast<Site>(site));
      std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t> before{};
      for (std::uint64_t i = 0; i < space.size(); ++i) {
        const Fault fault = space[i];
        const std::tuple now(fault.layer, fault.element, fault.step, fault.bit);
        if (i > 0) {
          ASSERT_LT(before, now);
        }
        before = now;
        ASSERT_NO_THROW(check(subject.network, fault));
      }
      EXPECT_THROW(space[space.size()], Error);
    }
}

TEST(FaultSpace, AWalkGivesTheSameFaults) {
  for (const auto& subject : subjects())
    for (int site = 0; site < kSites; ++site) {
      const FaultModel model{.effect = Effect::random_value, .values = {.seed = 5}};
      const FaultSpace space(subject.network, static_cast<Site>(site), model);
      for (const std::uint64_t gap : {1, 7, 131, 4001}) {
        FaultWalk walk(space);
        for (std::uint64_t i = gap / 2; i < space.size(); i += gap) ASSERT_EQ(walk(i), space[i]);
      }
      FaultWalk walk(space);
      EXPECT_THROW(walk(space.size()), Error);
    }
}

// One layer of 77 billion faults: gaps that do not fit 31 bits, nor 32.
TEST(FaultSpace, AWalkTakesLongSteps) {
  NetworkBuilder net(1, 256, 256, 64, {NumberFormat("linear8")});
  const int wide = net.convolution(0, {.filters = 64, .kernel = 3, .padding = 1});
  net.convolution(net.pool(LayerKind::max_pool, wide, {.kernel = 256}), {.filters = 2});
  const auto network = net.finish();
  const FaultSpace space(network, Site::accumulator);
  ASSERT_GT(space.size(), std::uint64_t{1} << 36);
  FaultWalk walk(space);
  const std::uint64_t gap = (std::uint64_t{1} << 31) - 7;
  for (std::uint64_t i = 3; i < space.size(); i += gap / 3 + i % 5 * gap)
    ASSERT_EQ(walk(i), space[i]) << i;
  EXPECT_EQ(walk(space.size() - 1), space[space.size() - 1]);
  EXPECT_EQ(walk(space.size() - 1), space[space.size() - 1]);
}

// Residual network: 6-bit inputs, else 8 bits throughout; accumulators of 32 bits; scales are
// shifts.
TEST(FaultSpace, CountsParametersAndTheArray) {
  const auto network = residual_network().network;
  EXPECT_EQ(size(network, Site::bias_memory), (2U + 2 + 4 + 7) * 32);
  EXPECT_EQ(size(network, Site::scale_shift), 3U * 7);
  EXPECT_EQ(size(network, Site::scale_multiplier), 0U);
  EXPECT_EQ(size(network, Site::mode_bit), 0U);
  const FaultModel model{.array = {.rows = 4, .columns = 8}};
  EXPECT_EQ(FaultSpace(network, Site::array_accumulator, model).size(), 4U * 8 * 32);
  EXPECT_EQ(FaultSpace(network, Site::array_activation, model).size(), 4U * 8 * 8);
}

TEST(FaultSpace, IsThatOfTheChosenLayers) {
  const auto network = residual_network().network;
  const FaultModel model{.layers = {2, 4}};
  const FaultSpace space(network, Site::bias_memory, model), all(network, Site::bias_memory);
  EXPECT_EQ(space.size(), (2U + 4) * 32);
  EXPECT_EQ(space[0], all[2 * 32]);
  EXPECT_EQ(space[2 * 32], all[(2 + 2) * 32]);
  EXPECT_EQ(FaultSpace(network, Site::array_weight, model).size(), 0U);
}

// Layer 1: 27 outputs of 8 steps with weights of pot4, a sign and powers 2^0 to 2^6; layer 2: 27 of
// 27 steps with twohot4, two terms of powers 2^0 to 2^3.
TEST(FaultSpace, CountsTheShiftBasedElement) {
  const auto network = formats_network().network;
  EXPECT_EQ(size(network, Site::exponent_register, 1), 27U * 8 * (3 + 2));
  EXPECT_EQ(size(network, Site::exponent_register, 2), 27U * 27 * 2 * (2 + 2));
  EXPECT_EQ(size(network, Site::mode_bit, 1), 27U * 4);
  EXPECT_EQ(size(network, Site::mode_bit, 2), 27U * 27);
}

TEST(FaultSpace, NeighbouringBitsHaveFewerPlaces) {
  const auto network = residual_network().network;
  const FaultModel pairs{.effect = Effect::random_value, .width = 2, .values = {.seed = 4}};
  const FaultSpace space(network, Site::activation_operand, pairs);
  EXPECT_EQ(size(network, Site::activation_operand, 1, pairs), 32U * 18 * 5);
  EXPECT_EQ(size(network, Site::activation_operand, 2, pairs), 32U * 18 * 7);
  std::array<int, 4> values{};
  for (std::uint64_t i = 0; i < space.size(); ++i) {
    ASSERT_NO_THROW(check(network, space[i]));
    EXPECT_EQ(space[i], space[i]);
    ++values.at(space[i].value);
  }
  EXPECT_GT(*std::ranges::min_element(values), static_cast<int>(space.size()) / 5);

  const FaultModel whole{.width = 0};
  EXPECT_EQ(size(network, Site::activation_operand, 1, whole), 32U * 18);
  EXPECT_EQ(FaultSpace(network, Site::activation_operand, whole)[0].width, 6U);
  EXPECT_EQ(size(network, Site::activation_operand, 1, {.width = 7}), 0U);
}

TEST(Faults, ChangeTheirBits) {
  Fault fault{.bit = 3, .width = 4};
  EXPECT_EQ(bit_change(fault), (BitChange{0, 0b1111000}));
  fault.effect = Effect::stuck_at_0;
  EXPECT_EQ(bit_change(fault), (BitChange{0b1111000, 0}));
  fault.effect = Effect::stuck_at_1;
  EXPECT_EQ(bit_change(fault), (BitChange{0b1111000, 0b1111000}));
  fault.effect = Effect::random_value;
  fault.value = 0b0101;
  EXPECT_EQ(bit_change(fault), (BitChange{0b1111000, 0b0101000}));
  EXPECT_EQ(bit_change({.bit = 0, .width = 32}), (BitChange{0, 0xffffffff}));
}

TEST(Names, GoThereAndBack) {
  for (int i = 0; i < kEffects; ++i)
    EXPECT_EQ(effect(name_of(static_cast<Effect>(i))), static_cast<Effect>(i));
  EXPECT_EQ(mapping("weight_stationary"), Mapping::weight_stationary);
  for (int i = 0; i < kSites; ++i)
    EXPECT_EQ(site(name_of(static_cast<Site>(i))), static_cast<Site>(i));
  try {
    site("acumulator");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'accumulator'"), std::string::npos);
  }
  EXPECT_EQ(name_of(OutcomeKind::sdc), "sdc");
  EXPECT_EQ(name_of(OutcomeKind::masked_at_site), "masked_at_site");
}

}  // namespace
}  // namespace citrine::testing
