#include "objectives/schedule.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "objectives/buffer_simulator.h"
#include "objectives/random_layer.h"

namespace citrine {
namespace {

using testing::BufferSimulator;
using testing::Dimension;

constexpr std::int64_t kUnlimited = std::int64_t{1} << 40;

std::optional<Schedule> schedule(const ConvolutionGroup& shape, const Accelerator& accelerator) {
  try {
    return least_traffic(shape, accelerator);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void expect_equal(const Traffic& a, const Traffic& b) {
  EXPECT_EQ(a.input, b.input);
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_EQ(a.output, b.output);
  EXPECT_EQ(a.partial, b.partial);
}

// One pixel, 2 channels, 2 filters, a byte each; 3 bytes hold one word of each operand. Filters
// outside: both inputs twice, 4 weights, 2 outputs; channels outside: inputs once, but both sums
// are written and read again.
TEST(Schedule, ByHand) {
  const ConvolutionGroup shape = {.channels = 2, .filters = 2};
  Accelerator accelerator;
  accelerator.buffer_bytes = 3;
  accelerator.accumulator_bits = 8;
  const auto best = least_traffic(shape, accelerator);
  expect_equal(best.traffic, {.input = 8 * 4, .weights = 8 * 4, .output = 8 * 2, .partial = 0});
  EXPECT_EQ(text_of(best.order), "filters > area > channels");
  accelerator.tile_dataflow = Dataflow::input_stationary;
  expect_equal(least_traffic(shape, accelerator).traffic,
               {.input = 8 * 2, .weights = 8 * 4, .output = 8 * 2, .partial = 8 * 4});
  accelerator.buffer_bytes = 4;  // a second weight and sum do not fit, a second input does
  accelerator.tile_dataflow.reset();
  EXPECT_EQ(least_traffic(shape, accelerator).traffic.total(), 8 * 10);
  accelerator.buffer_bytes = 5;  // both weights and inputs of a filter
  EXPECT_EQ(least_traffic(shape, accelerator).traffic.total(), 8 * 8);
}

TEST(Schedule, NamesItsOrder) {
  const LoopOrder order = {TileLoop::area, TileLoop::channels, TileLoop::filters};
  EXPECT_EQ(text_of(order), "area > channels > filters");
  EXPECT_EQ(dataflow_of(order), Dataflow::input_stationary);
  EXPECT_EQ(dataflow_of({TileLoop::filters, TileLoop::channels, TileLoop::area}),
            Dataflow::weight_stationary);
}

// What is reported is what a buffer misses, word by word, under every dataflow.
TEST(Schedule, MovesWhatABufferMisses) {
  testing::Draws draws({21, 1});
  int simulated = 0;
  for (int i = 0; i < 200; ++i) {
    const auto shape = testing::random_group(draws, 6);
    auto accelerator = testing::random_accelerator(draws, 400);
    accelerator.frames = 1 + draws.below(3);
    if (const int drawn = draws.below(4); drawn < 3) accelerator.tile_dataflow = kDataflows[drawn];
    const auto found = schedule(shape, accelerator);
    if (!found) continue;
    ++simulated;
    BufferSimulator buffer(shape, accelerator, found->tile);
    expect_equal(buffer.run(testing::dimensions(found->order)), found->traffic);
    EXPECT_LE(buffer.most_bits(), 8 * accelerator.buffer_bytes);
    const auto kept = dataflow_of(found->order);
    EXPECT_EQ(kept, accelerator.tile_dataflow.value_or(kept));
    ASSERT_FALSE(HasFailure()) << "layer " << i;
  }
  EXPECT_GT(simulated, 100);
}

// Runs `visit` for every tile of the layer.
template <class Visit>
void each_tile(const ConvolutionGroup& shape, int frames, const Visit& visit) {
  for (int m = 1; m <= shape.filters; ++m)
    for (int c = 1; c <= shape.channels; ++c)
      for (int y = 1; y <= shape.out_height; ++y)
        for (int x = 1; x <= shape.out_width; ++x)
          for (int n = 1; n <= frames; ++n) visit(Tile{m, c, y, x, n});
}

// No tile and none of the 120 orders of five loops moves less.
TEST(Schedule, IsTheLeastOfAllTilesAndOrders) {
  testing::Draws draws({22, 1});
  int fitting = 0;
  for (int i = 0; i < 60; ++i) {
    const auto shape = testing::random_group(draws, 3);
    auto accelerator = testing::random_accelerator(draws, 40);
    accelerator.frames = 1 + draws.below(2);
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    each_tile(shape, accelerator.frames, [&](const Tile& tile) {
      std::vector<Dimension> order = {Dimension::filters, Dimension::channels, Dimension::frames,
                                      Dimension::height, Dimension::width};
      do {
        BufferSimulator buffer(shape, accelerator, tile);
        const auto traffic = buffer.run(order);
        if (buffer.most_bits() > 8 * accelerator.buffer_bytes) break;
        least = std::min(least, traffic.total());
      } while (std::ranges::next_permutation(order).found);
    });
    const auto found = schedule(shape, accelerator);
    ASSERT_EQ(found ? found->traffic.total() : std::numeric_limits<std::int64_t>::max(), least)
        << "layer " << i;
    fitting += found.has_value();
  }
  EXPECT_GT(fitting, 30);
}

TEST(Schedule, OfADataflowIsNeverLessThanTheBest) {
  testing::Draws draws({23, 1});
  std::array<int, 3> best = {};
  for (int i = 0; i < 300; ++i) {
    const auto shape = testing::random_group(draws, 12);
    auto accelerator = testing::random_accelerator(draws, 600);
    const auto any = schedule(shape, accelerator);
    if (!any) continue;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const auto kept : kDataflows) {
      accelerator.tile_dataflow = kept;
      const auto bits = schedule(shape, accelerator).value().traffic.total();
      best[static_cast<std::size_t>(kept)] += bits == any->traffic.total();
      least = std::min(least, bits);
    }
    EXPECT_EQ(least, any->traffic.total());
  }
  for (const int count : best) EXPECT_GT(count, 0);
}

TEST(Schedule, OfTwiceTheFramesMovesTheWeightsAtMostTwice) {
  testing::Draws draws({24, 1});
  for (int i = 0; i < 200; ++i) {
    const auto shape = testing::random_group(draws, 8);
    auto accelerator = testing::random_accelerator(draws, 500);
    accelerator.frames = 1 + draws.below(4);
    const auto once = schedule(shape, accelerator);
    accelerator.frames *= 2;
    const auto twice = schedule(shape, accelerator);
    ASSERT_EQ(once.has_value(), twice.has_value());
    if (!once) continue;
    EXPECT_LE(twice->traffic.total(), 2 * once->traffic.total());
  }
}

// With room for everything the weights move once for all frames.
TEST(Schedule, SharesTheWeightsAmongFrames) {
  testing::Draws draws({25, 1});
  for (int i = 0; i < 50; ++i) {
    const auto shape = testing::random_group(draws, 8);
    Accelerator accelerator;
    accelerator.buffer_bytes = kUnlimited;
    accelerator.frames = 1 + draws.below(9);
    const auto& traffic = least_traffic(shape, accelerator).traffic;
    EXPECT_EQ(traffic.weights, 8 * shape.weights());
    EXPECT_EQ(traffic.output, 8 * shape.outputs() * accelerator.frames);
    EXPECT_EQ(traffic.partial, 0);
  }
}

// 2^20 weights, 16 frames of 1024 inputs: 64 KiB hold the frames, so each weight moves once.
TEST(Schedule, OfAFullyConnectedLayerSharesItsWeights) {
  const ConvolutionGroup shape = {.channels = 1024, .filters = 1024};
  Accelerator accelerator;
  accelerator.frames = 16;
  EXPECT_EQ(least_traffic(shape, accelerator).traffic.weights, 8 << 20);
}

}  // namespace
}  // namespace citrine
