#include "faultsim/fault_space.h"

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
  const FaultSpace operands(network, Site::activation_operand);
  EXPECT_EQ(operands.size(1), 32U * 18 * 6);
  EXPECT_EQ(operands.size(2), 32U * 18 * 8);
  EXPECT_EQ(operands.size(3), 0U);
  EXPECT_EQ(FaultSpace(network, Site::product).size(1), 32U * 18 * 14);
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
        ASSERT_LT(before, now);
        before = now;
        ASSERT_NO_THROW(check(subject.network, fault));
      }
      EXPECT_THROW(space[space.size()], Error);
    }
}

TEST(Names, GoThereAndBack) {
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
