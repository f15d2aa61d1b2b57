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

// Codes that only a fault makes go on as they are.
TEST(PreparedNetwork, GoesOnWithWhatWasAltered) {
  const auto backend = make_backend("emulated");
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto subject = random_network(seed);
    const auto flip_some = [&](std::size_t index, Activations& run) {
      auto& stored = run.stored[index];  // the last layer's is empty
      const auto& number = subject.network.layers[index].format.number;
      for (std::size_t i = index % 3; i < stored.size(); i += 3)
        stored[i] = static_cast<std::int16_t>(
            number.value(number.code(stored[i]) ^ (1U << (number.bits() - 1))));
      return true;
    };
    const auto run = forward(subject.network, subject.images[0], *backend, flip_some);
    const auto fast = PreparedNetwork(subject.network).forward(subject.images[0], flip_some);
    EXPECT_EQ(fast.stored, run.stored) << seed;
    EXPECT_EQ(fast.logits, run.logits) << seed;
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
