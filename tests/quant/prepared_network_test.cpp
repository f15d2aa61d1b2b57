#include "quant/prepared_network.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/simd_targets.h"
#include "quant/networks.h"
#include "quant/prepared_layer.h"

namespace citrine::testing {
namespace {

using ::testing::HasSubstr;

// Layer by layer with the emulated kernel, which is plain code.
void expect_same_as_layer_by_layer(const Subject& subject) {
  const auto backend = make_backend("emulated");
  const auto run = forward(subject.network, subject.images[0], *backend);
  for_each_simd_target([&] {
    const PreparedNetwork prepared(subject.network);
    const auto fast = prepared.forward(subject.images[0]);
    for (std::size_t i = 0; i < run.stored.size(); ++i)
      ASSERT_EQ(fast.stored[i], run.stored[i]) << subject.name << ", layer " << i;
    ASSERT_EQ(fast.logits, run.logits) << subject.name;
    for (std::size_t i = 0; i < run.sums.size(); ++i)
      ASSERT_EQ(fast.sums[i], run.sums[i]) << subject.name << ", sums of layer " << i;
    EXPECT_EQ(prepared.logits(subject.images[0], 1), run.logits);
  });
}

TEST(PreparedNetwork, StoresWhatLayerByLayerDoes) {
  for (const auto& subject : subjects()) expect_same_as_layer_by_layer(subject);
}

// All formats, of 8 bits and more, scales by channel, multipliers, gaps.
TEST(PreparedNetwork, StoresWhatLayerByLayerDoesForRandomNetworks) {
  int bytes = 0, shorts = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto subject = random_network(seed);
    ++(fits_bytes(subject.network) ? bytes : shorts);
    expect_same_as_layer_by_layer(subject);
  }
  EXPECT_GE(bytes, 50);
  EXPECT_GE(shorts, 50);
}

Altered altered(std::size_t layer) { return static_cast<Altered>(layer % 3); }

// What an alteration finds of a layer and its inputs.
struct Found {
  std::vector<std::vector<std::int32_t>> stored;
  std::vector<std::int32_t> sums;
  bool operator==(const Found&) const = default;
};

Found found(const IntegerNetwork& network, std::size_t index, const LayerRun& run) {
  const auto& layer = network.layers[index];
  const auto elements = static_cast<std::size_t>(layer.elements());
  Found result;
  const auto add_map = [&](const MapView& map, std::size_t count) {
    auto& all = result.stored.emplace_back();
    for (std::size_t i = 0; i < count; ++i) all.push_back(map[map.place(i)]);
  };
  const auto add_input = [&](const MapView& map, std::size_t input) {
    const auto source = static_cast<std::size_t>(layer.inputs[input]);
    add_map(map, static_cast<std::size_t>(network.layers[source].elements()));
  };
  if (run.stored) add_map(*run.stored, elements);
  add_input(run.input, 0);
  if (run.residual) add_input(*run.residual, 1);
  const bool has_sums = altered(index) == Altered::with_sums || !run.stored;
  if (has_sums && layer.kind == LayerKind::convolution)
    result.sums.assign(run.sums, run.sums + elements);
  return result;
}

// Codes that only a fault makes go on as they are.
TEST(PreparedNetwork, GoesOnWithWhatWasAltered) {
  const auto backend = make_backend("emulated");
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto subject = random_network(seed);
    const auto& network = subject.network;
    const auto alter = [&](std::vector<Found>& all, std::size_t index, const LayerRun& run) {
      all.push_back(found(network, index, run));
      if (!run.stored) {
        run.sums[0] ^= 1;
        return;
      }
      const auto& layer = network.layers[index];
      const auto& number = layer.format.number;
      for (auto i = index % 5; i < static_cast<std::size_t>(layer.elements()); i += 5) {
        const auto at = run.stored->place(i);
        run.stored->set(at, static_cast<std::int16_t>(number.value(number.code((*run.stored)[at]) ^
                                                                   (1U << (number.bits() - 1)))));
      }
    };
    std::vector<Found> expected, results;
    const auto run = forward(network, subject.images[0], *backend,
                             [&](std::size_t index, Activations& activations) {
                               if (altered(index) == Altered::nothing) return false;
                               alter(expected, index, layer_run(network, index, activations));
                               return true;
                             });
    const PreparedNetwork prepared(network);
    for (int repeat = 0; repeat < 2; ++repeat) {
      results.clear();
      const auto logits = prepared.logits(subject.images[0],
                                          {altered, [&](std::size_t index, const LayerRun& layer) {
                                             alter(results, index, layer);
                                           }});
      EXPECT_EQ(logits, run.logits) << seed;
      EXPECT_EQ(results, expected) << seed;
    }
  }
}

TEST(PreparedNetwork, RefusesCodesBeyondTheInputsRange) {
  auto subject = residual_network();
  auto& image = subject.images[0];
  const PreparedNetwork prepared(subject.network);
  image[5] = 32;  // linear6: up to 31
  EXPECT_THAT([&] { prepared.forward(image); },
              ::testing::ThrowsMessage<Error>(HasSubstr("from -31 to 31, got 32")));
  EXPECT_THROW(prepared.logits(image, 1), Error);
  image.pop_back();
  EXPECT_THROW(prepared.forward(image), Error);
}

}  // namespace
}  // namespace citrine::testing
