#include "objectives/array_cycles.h"

#include <gtest/gtest.h>

#include "objectives/random_layer.h"

namespace citrine {
namespace {

// 15 pixels, 10 filters, 54 steps on 4 x 3 elements.
constexpr ConvolutionGroup kLayer = {.in_height = 5,
                                     .in_width = 7,
                                     .out_height = 3,
                                     .out_width = 5,
                                     .channels = 6,
                                     .filters = 10,
                                     .kernel = 3};

Accelerator array(int rows, int columns) {
  Accelerator accelerator;
  accelerator.rows = rows;
  accelerator.columns = columns;
  return accelerator;
}

TEST(ArrayCycles, OfEachDataflowByHand) {
  const auto of = [](Dataflow dataflow) { return array_work(kLayer, dataflow, array(4, 3)); };
  const auto outputs = of(Dataflow::output_stationary);
  EXPECT_EQ(outputs.cycles, 4 * 4 * (54 + 4 + 3 - 2));
  EXPECT_EQ(outputs.input_reads, 15 * 54 * 4);
  EXPECT_EQ(outputs.weight_reads, 54 * 10 * 4);
  EXPECT_EQ(outputs.output_writes, 150);
  EXPECT_EQ(outputs.partial_writes + outputs.partial_reads, 0);
  const auto weights = of(Dataflow::weight_stationary);
  EXPECT_EQ(weights.cycles, 14 * 4 * (15 + 8 + 3 - 2));
  EXPECT_EQ(weights.input_reads, 15 * 54 * 4);
  EXPECT_EQ(weights.weight_reads, 540);
  EXPECT_EQ(weights.output_writes + weights.partial_writes, 150 * 14);
  EXPECT_EQ(weights.partial_reads, 150 * 13);
  const auto inputs = of(Dataflow::input_stationary);
  EXPECT_EQ(inputs.cycles, 14 * 5 * (10 + 8 + 3 - 2));
  EXPECT_EQ(inputs.input_reads, 15 * 54);
  EXPECT_EQ(inputs.weight_reads, 540 * 5);
  EXPECT_EQ(inputs.output_writes + inputs.partial_writes, 150 * 14);
}

TEST(ArrayCycles, TakesTheFastestWhereItMay) {
  testing::Draws draws({31, 1});
  for (int i = 0; i < 200; ++i) {
    const auto shape = testing::random_group(draws, 20);
    auto accelerator = array(1 + draws.below(8), 1 + draws.below(8));
    accelerator.array_dataflow.reset();
    const auto best = array_work(shape, accelerator);
    EXPECT_EQ(best.cycles, array_work(shape, best.dataflow, accelerator).cycles);
    for (const auto dataflow : kDataflows)
      EXPECT_LE(best.cycles, array_work(shape, dataflow, accelerator).cycles);
  }
}

// An array cannot compute more than one MAC a cycle and element.
TEST(ArrayCycles, NeverUsesMoreThanAllElements) {
  testing::Draws draws({32, 1});
  for (int i = 0; i < 200; ++i) {
    const auto shape = testing::random_group(draws, 12);
    const auto accelerator = array(1 + draws.below(8), 1 + draws.below(8));
    for (const auto dataflow : kDataflows)
      EXPECT_LE(shape.macs(), array_work(shape, dataflow, accelerator).cycles * accelerator.rows *
                                  accelerator.columns);
  }
}

// Frames are more pixels.
TEST(ArrayCycles, OfFramesAreThoseOfATallerMap) {
  auto accelerator = array(4, 3);
  auto tall = kLayer;
  tall.out_height *= 5;
  for (const auto dataflow : kDataflows) {
    accelerator.frames = 1;
    const auto expected = array_work(tall, dataflow, accelerator).cycles;
    accelerator.frames = 5;
    EXPECT_EQ(array_work(kLayer, dataflow, accelerator).cycles, expected);
  }
}

}  // namespace
}  // namespace citrine
