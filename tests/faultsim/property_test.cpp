// Laws of the engine on random networks.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "array_reference.h"
#include "faultsim/engine.h"
#include "faultsim/fault_space.h"
#include "faultsim/some_faults.h"
#include "kernels/error.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

std::string describe(std::uint64_t seed, const Fault& fault) {
  return "seed " + std::to_string(seed) + " " + citrine::testing::describe(fault);
}

TEST(Engine, RandomNetworksEqualTheArray) {
  const auto backend = make_backend("cpu");
  std::array<int, kSites> faults_of{};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto subject = random_network(seed);
    const auto model = model_of(seed);
    const Engine engine(subject.network, *backend, model.array);
    const auto& image = subject.images[0];
    const auto golden = engine.golden(image);
    const auto reference = run_reference(subject.network, image, {});
    ASSERT_TRUE(std::ranges::equal(golden.logits, reference.stored.back())) << "seed " << seed;
    for (const auto& fault : some_faults(subject.network, seed, 15, model)) {
      const auto expected =
          run_reference(subject.network, image, {fault}, &reference, model.array).stored.back();
      ASSERT_TRUE(std::ranges::equal(engine.faulty_logits(fault, golden), expected))
          << describe(seed, fault);
      ASSERT_TRUE(std::ranges::equal(engine.faulty_logits(std::span(&fault, 1), image), expected))
          << "dense, " << describe(seed, fault);
      ASSERT_EQ(engine.run(fault, golden), engine.run_together(std::span(&fault, 1), golden))
          << describe(seed, fault);
      ++faults_of[static_cast<std::size_t>(fault.site)];
    }
  }
  for (int site = 0; site < kSites; ++site)
    EXPECT_GT(faults_of[static_cast<std::size_t>(site)], 200) << name_of(static_cast<Site>(site));
}

// Faults of one site in few places, so that many meet in a register.
TEST(Engine, ManyFaultsEqualTheArray) {
  const auto backend = make_backend("cpu");
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto subject = random_network(seed);
    auto model = model_of(seed);
    model.width = 1;
    const Engine engine(subject.network, *backend, model.array);
    const auto& image = subject.images[0];
    for (int site = 0; site < kSites; ++site) {
      const FaultSpace space(subject.network, static_cast<Site>(site), model);
      if (space.size() == 0) continue;
      std::vector<Fault> faults;
      const Key key{.seed = seed, .stream = static_cast<std::uint64_t>(site)};
      const auto first = uniform_below(key, 0, space.size());
      for (std::uint64_t i = 1; i < 20; ++i)
        faults.push_back(space[(first + uniform_below(key, i, 40)) % space.size()]);
      const auto expected = run_reference(subject.network, image, faults, nullptr, model.array);
      ASSERT_TRUE(std::ranges::equal(engine.faulty_logits(faults, image), expected.stored.back()))
          << describe(seed, faults.front());
    }
  }
}

TEST(Engine, MemoryFlippedTwiceIsGolden) {
  const auto backend = make_backend("cpu");
  for (const auto& subject : subjects()) {
    const Engine engine(subject.network, *backend);
    const auto golden = engine.golden(subject.images[0]).logits;
    for (const Fault& fault : some_faults(subject.network, 1, 30)) {
      if (fault.site != Site::weight_memory && fault.site != Site::activation_memory) continue;
      const std::vector twice(2, fault), thrice(3, fault);
      EXPECT_EQ(engine.faulty_logits(twice, subject.images[0]), golden);
      EXPECT_EQ(engine.faulty_logits(thrice, subject.images[0]),
                engine.faulty_logits(std::span(&fault, 1), subject.images[0]));
    }
  }
}

// The sign bit of a power of two that is 0 reads as 0, with an exponent bit as a negative power.
TEST(Engine, FlipsOfOneWeightAddUpInItsCode) {
  NetworkBuilder net(1, 1, 1, 1, {NumberFormat("unsigned8")});
  net.weight_format = NumberFormat("pot4");  // sign, 1 + exponent
  net.convolution(0, {.filters = 1});
  auto network = net.finish();
  network.layers[1].weights = {0};
  const auto weight = [&](std::vector<std::uint32_t> bits) {
    std::vector<Fault> faults;
    for (const auto bit : bits)
      faults.push_back({.site = Site::weight_memory, .layer = 1, .bit = bit});
    return with_faults(network, faults).layers[1].weights[0];
  };
  EXPECT_EQ(weight({3}), 0);
  EXPECT_EQ(weight({1}), 2);
  EXPECT_EQ(weight({3, 1}), -2);
  EXPECT_EQ(weight({1, 3}), -2);
}

TEST(Engine, NoFaultIsGolden) {
  const auto backend = make_backend("cpu");
  for (const auto& subject : subjects()) {
    const Engine engine(subject.network, *backend);
    for (const auto& image : subject.images)
      EXPECT_EQ(engine.faulty_logits(std::span<const Fault>{}, image), engine.golden(image).logits);
  }
}

// Nothing of one trial is left for the next.
TEST(Engine, TrialsAreIndependentOfOrder) {
  const auto subject = residual_network();
  const auto backend = make_backend("cpu");
  const Engine engine(subject.network, *backend);
  const auto first = engine.golden(subject.images[0]), second = engine.golden(subject.images[1]);
  auto faults = some_faults(subject.network, 2, 50);
  std::vector<Outcome> forwards, backwards;
  for (const auto& fault : faults) {
    forwards.push_back(engine.run(fault, first));
    engine.run(fault, second);
  }
  std::ranges::reverse(faults);
  for (const auto& fault : faults)
    backwards.push_back(Engine(subject.network, *backend).run(fault, first));
  std::ranges::reverse(backwards);
  EXPECT_EQ(forwards, backwards);
}

TEST(Engine, BackendsAgree) {
  const auto subject = grouped_network();
  const auto cpu = make_backend("cpu"), emulated = make_backend("emulated");
  const Engine engine(subject.network, *cpu), other(subject.network, *emulated);
  const auto golden = engine.golden(subject.images[0]);
  EXPECT_EQ(other.golden(subject.images[0]).stored, golden.stored);
  for (const auto& fault : some_faults(subject.network, 3, 5))
    EXPECT_EQ(engine.run(fault, golden), other.run(fault, golden));
}

TEST(Engine, RefusesFaultsThatTheNetworkHasNot) {
  const auto subject = residual_network();
  const auto backend = make_backend("cpu");
  const Engine engine(subject.network, *backend);
  const auto golden = engine.golden(subject.images[0]);
  const Fault good{.site = Site::accumulator, .layer = 1, .element = 31, .step = 17, .bit = 31};
  EXPECT_NO_THROW(engine.run(good, golden));
  for (const auto change : {&Fault::layer, &Fault::element, &Fault::step, &Fault::bit}) {
    Fault bad = good;
    bad.*change = bad.*change == 1 ? 99 : bad.*change + 1;
    EXPECT_THROW(engine.run(bad, golden), Error);
  }
  Fault bad = good;
  bad.site = static_cast<Site>(kSites);
  EXPECT_THROW(engine.run(bad, golden), Error);
  bad = {.site = Site::weight_memory, .layer = 3};
  EXPECT_THROW(engine.run(bad, golden), Error);
  bad = good;
  bad.width = 2;  // beyond the register
  EXPECT_THROW(engine.run(bad, golden), Error);
  bad.width = 0;
  EXPECT_THROW(engine.run(bad, golden), Error);
  bad = good;
  bad.value = 1;  // of no random value
  EXPECT_THROW(engine.run(bad, golden), Error);
  const std::vector<Fault> two_sites = {good, {.site = Site::product, .layer = 1}};
  EXPECT_THROW(engine.faulty_logits(two_sites, subject.images[0]), Error);
  EXPECT_THROW(engine.run_together({}, golden), Error);
}

TEST(Engine, RefusesMoreClassesThanARowHolds) {
  NetworkBuilder net(1, 1, 1, 1, {});
  net.convolution(0, {.filters = 257});
  const auto network = net.finish();
  const auto backend = make_backend("cpu");
  EXPECT_THROW(Engine(network, *backend), Error);
}

}  // namespace
}  // namespace citrine::testing
