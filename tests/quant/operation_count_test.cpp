#include "quant/operation_count.h"

#include <gmock/gmock.h>

#include "quant/energy.h"
#include "quant/network_builder.h"

namespace citrine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// 16 outputs of 27 steps.
const ConvolutionShape kShape{
    .height = 4, .width = 4, .channels = 3, .filters = 4, .kernel = 3, .stride = 2, .padding = 1};

Workload work_of(const char* weights) {
  return dot_product_workload(kShape, NumberFormat(weights), NumberFormat("unsigned8"));
}

TEST(OperationCount, OfAMultiplier) {
  const auto work = work_of("linear8");
  EXPECT_THAT(work.operations, ElementsAre(OperationCount{Arithmetic::multiply, 64, 432},
                                           OperationCount{Arithmetic::add, 32, 432}));
  EXPECT_EQ(work.cycles, 432);
  EXPECT_EQ(work.weight_bytes, 108 + 16);
  EXPECT_EQ(work_of("linear3").operations.front().size, 24);
  EXPECT_EQ(work_of("linear3").weight_bytes, 41 + 16);  // 324 bits
}

// 27 steps are 14 cycles; an activation shifted by up to 6 has 14 bits.
TEST(OperationCount, OfPowersOfTwo) {
  const auto work = work_of("pot4");
  EXPECT_THAT(work.operations, ElementsAre(OperationCount{Arithmetic::shift, 14, 448},
                                           OperationCount{Arithmetic::add, 16, 224},
                                           OperationCount{Arithmetic::add, 32, 224}));
  EXPECT_EQ(work.cycles, 224);
  EXPECT_EQ(work.weight_bytes, 54 + 16);
}

TEST(OperationCount, CyclesOfSeveralExponents) {
  EXPECT_EQ(work_of("twohot4").cycles, 432);
  EXPECT_EQ(work_of("twohot4").count(Arithmetic::shift), 864);
  EXPECT_EQ(work_of("apot3").cycles, 224);
  EXPECT_EQ(work_of("apot5").cycles, 432);
  EXPECT_EQ(work_of("apot8").cycles, 864);
  EXPECT_EQ(work_of("logsqrt4").cycles, 1296);
}

// Weights of -1, 0 and 1 need none, and consecutive integers beyond do.
TEST(OperationCount, WhichFormatsWantAMultiplier) {
  std::vector<std::string> without;
  for (const auto& name : number_format_names())
    if (!needs_multiplier(NumberFormat(name))) without.push_back(name);
  EXPECT_THAT(without, UnorderedElementsAre("linear2", "magnitude2", "pot2", "pot3", "pot4", "pot5",
                                            "pot6", "unsigned_pot2", "unsigned_pot3",
                                            "unsigned_pot4", "unsigned_pot5", "twohot3", "twohot4",
                                            "twohot5", "twohot6", "twohot7", "twohot8", "apot3",
                                            "apot4", "apot5", "apot6", "apot7", "apot8", "logsqrt3",
                                            "logsqrt4", "logsqrt5", "logsqrt6"));
}

// Input of 2 x 2 x 1, a 1 x 1 convolution to 2 channels, and its logits.
IntegerNetwork small_network(int residual) {
  NetworkBuilder net(1, 2, 2, 2, {NumberFormat("linear8")});
  const int a = net.convolution(0, {.filters = 2}, residual);
  net.convolution(a, {.filters = 3, .kernel = 2});
  return net.finish();
}

TEST(OperationCount, ScalingByHand) {
  auto network = small_network(0);
  auto& layer = network.layers[1];
  layer.scales = {{.shift = 5}, {.multiplier = 3, .shift = 2}};
  layer.residual_scales = {{.shift = -2}, {}};
  const auto work = layer_workload(network, layer);
  // 16 products; for each of 4 pixels and 2 channels a residual, and half of them a multiplier.
  EXPECT_THAT(work.operations, UnorderedElementsAre(OperationCount{Arithmetic::multiply, 64, 16},
                                                    OperationCount{Arithmetic::add, 32, 16 + 4 + 8},
                                                    OperationCount{Arithmetic::shift, 32, 4 + 4},
                                                    OperationCount{Arithmetic::multiply, 1024, 4},
                                                    OperationCount{Arithmetic::shift, 64, 4},
                                                    OperationCount{Arithmetic::add, 64, 4}));
  EXPECT_EQ(work.count(Arithmetic::multiply), 20);
}

TEST(OperationCount, OfANetworkIsTheSumOfItsConvolutions) {
  const auto network = small_network(-1);
  const auto total = network_workload(network);
  const auto first = layer_workload(network, network.layers[1]),
             last = layer_workload(network, network.layers[2]);
  EXPECT_EQ(total.cycles, 16 + 24);
  EXPECT_EQ(total.weight_bytes, 4 + 8 + 24 + 12);
  for (const auto kind : {Arithmetic::multiply, Arithmetic::shift, Arithmetic::add})
    EXPECT_EQ(total.count(kind), first.count(kind) + last.count(kind));
  EXPECT_EQ(last.count(Arithmetic::add), 24) << "logits are not scaled";
}

const EnergyTable kTable{.source = "test",
                         .add_32_bit_pj = 0.1,
                         .shift_32_bit_pj = 0.13,
                         .multiply_8_bit_pj = 0.2,
                         .dram_32_bit_pj = 640};

TEST(Energy, ByHand) {
  EXPECT_DOUBLE_EQ(energy_pj(kTable, work_of("linear8")), 432 * (0.2 + 0.1));
  EXPECT_DOUBLE_EQ(energy_pj(kTable, work_of("linear4")), 432 * (0.1 + 0.1));
  EXPECT_DOUBLE_EQ(energy_pj(kTable, work_of("pot4")),
                   224 * (2 * 0.13 * 14 / 32 + 0.1 * 16 / 32 + 0.1));
  EXPECT_DOUBLE_EQ(weight_read_pj(kTable, work_of("linear8")), 31 * 640);
}

}  // namespace
}  // namespace citrine::testing
