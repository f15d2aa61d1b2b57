#include "kernels/convolution.h"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/backend.h"
#include "kernels/convolution_cases.h"
#include "kernels/emulation/cuda_emulation.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;

constexpr Key kKey{3, 0};
constexpr MacSite kSites[] = {MacSite::weight_operand, MacSite::activation_operand,
                              MacSite::product, MacSite::accumulator};

std::vector<std::int32_t> accumulators(const Backend& backend, const Convolution& op) {
  // Garbage, so that an output left out is seen.
  std::vector<std::int32_t> result(static_cast<std::size_t>(op.outputs()), -123456);
  backend.convolve(op, result);
  return result;
}

std::string describe(const Convolution& op) {
  const auto& s = op.shape;
  std::string text;
  for (const int value : {op.images, s.height, s.width, s.channels, s.filters, s.kernel, s.stride,
                          s.padding, s.groups})
    text += std::to_string(value) + " ";
  return text + "site " + std::to_string(static_cast<int>(op.fault.site)) + " cleared " +
         std::to_string(op.fault.change.cleared) + " flipped " +
         std::to_string(op.fault.change.flipped) + " operand " + std::to_string(op.fault.operand);
}

// 2x2 map, one channel, 2x2 kernel: -3 + 1*5 + 2*6 + 3*7 + 4*8 = 67.
ConvolutionCase small_case() {
  ConvolutionCase conv;
  conv.op.shape = {.height = 2, .width = 2, .kernel = 2};
  conv.input = {5, 6, 7, 8};
  conv.weights = {1, 2, 3, 4};
  conv.bias = {-3};
  return conv;
}

std::int32_t small_result(const MacFault& fault) {
  const auto conv = small_case();
  auto op = conv.convolution();
  op.fault = fault;
  op.fault.output = 0;
  return op(0);
}

std::int32_t flipped_result(MacSite site, int step, int bit) {
  return small_result({.site = site, .step = step, .change = {0, 1U << bit}});
}

TEST(Convolution, AddsProductsToTheBias) { EXPECT_EQ(small_case().convolution()(0), 67); }

TEST(Convolution, FaultsActWhereTheySay) {
  EXPECT_EQ(small_result({.site = MacSite::weight_operand, .step = 2, .operand = -125}),
            67 - 128 * 7);  // 3 -> -125
  EXPECT_EQ(small_result({.site = MacSite::activation_operand, .step = 0, .operand = 133}),
            67 + 128);                                                          // 5 -> 133
  EXPECT_EQ(flipped_result(MacSite::product, 1, 2), 67 - 4);                    // 12 -> 8
  EXPECT_EQ(flipped_result(MacSite::product, 1, 15), 67 - 32768);               // sign of 12
  EXPECT_EQ(flipped_result(MacSite::accumulator, 0, 1), 67 - 2);                // 2 -> 0
  EXPECT_EQ(flipped_result(MacSite::accumulator, 3, 31), 67 - 2147483647 - 1);  // sign of 67
  EXPECT_EQ(small_result({.site = MacSite::product, .step = 1, .change = {0b1110, 0b0010}}),
            67 - 10);  // 12 -> 2
}

TEST(Convolution, PaddedTapsAreSteps) {
  auto conv = small_case();
  conv.op.shape = {.height = 1, .width = 1, .kernel = 3, .padding = 1};
  conv.input = {5};
  conv.weights = {1, 1, 1, 1, 2, 1, 1, 1, 1};
  auto op = conv.convolution();
  EXPECT_EQ(op(0), 7);
  op.fault = {.site = MacSite::activation_operand, .output = 0, .step = 0, .operand = 8};
  EXPECT_EQ(op(0), 15);
}

TEST(Convolution, BodyEqualsTheReference) {
  for (std::uint64_t i = 0; i < 150; ++i) {
    const auto conv = random_case(split(kKey, i));
    auto op = conv.convolution();
    ASSERT_EQ(plain_accumulators(op), reference_accumulators(op)) << describe(op);
    for (const auto site : kSites) {
      for (const auto& fault : random_faults(op, site, split(kKey, i + 1000))) {
        op.fault = fault;
        ASSERT_EQ(op(op.fault.output),
                  reference_accumulators(op)[static_cast<std::size_t>(op.fault.output)])
            << describe(op);
      }
      if (i >= 20) break;
    }
  }
}

// Backends by name; "emulated" once for each order of threads.
class BackendTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto name = GetParam();
    if (name == "backward") emulated::set_order(emulated::Order::backward);
    if (name == "shuffled") emulated::set_order(emulated::Order::shuffled, 5);
    if (name == "forward" || name == "backward" || name == "shuffled") name = "emulated";
    if (!std::ranges::count(available_backends(), name))
      GTEST_SKIP() << "needs the backend '" << name << "', which is not available here";
    backend_ = make_backend(name);
  }
  void TearDown() override { emulated::set_order(emulated::Order::forward); }

  std::unique_ptr<Backend> backend_;
};

TEST_P(BackendTest, EqualsTheBodyWithAllFaults) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto conv = random_case(split(kKey, i), {.channels = 4, .filters = 4, .size = 3});
    auto op = conv.convolution();
    const auto site = kSites[i % 4];
    ASSERT_EQ(accumulators(*backend_, op), plain_accumulators(op)) << describe(op);
    for (const auto& fault : random_faults(op, site, split(kKey, i))) {
      op.fault = fault;
      ASSERT_EQ(accumulators(*backend_, op), plain_accumulators(op)) << describe(op);
    }
  }
}

TEST_P(BackendTest, EqualsTheBodyOnWiderLayers) {
  for (std::uint64_t i = 0; i < 40; ++i) {
    const auto conv =
        random_case(split(kKey, i + 500),
                    {.channels = 40, .filters = 40, .size = 4, .has_default_widths = i % 4 != 0});
    const auto op = conv.convolution();
    ASSERT_EQ(accumulators(*backend_, op), plain_accumulators(op)) << describe(op);
  }
}

TEST_P(BackendTest, WrapsAroundLikeTheBody) {
  ConvolutionCase conv;
  conv.op.shape = {.height = 3, .width = 3, .channels = 16, .filters = 16, .kernel = 3};
  conv.is_input_signed = true;
  fill(conv, kKey);
  std::ranges::fill(conv.input, std::int16_t{-128});
  std::ranges::fill(conv.weights, std::int16_t{-128});
  std::ranges::fill(conv.bias, 2147483647);
  const auto op = conv.convolution();
  EXPECT_EQ(accumulators(*backend_, op), plain_accumulators(op));
}

TEST_P(BackendTest, AcceptsAnEmptyBatch) {
  auto conv = small_case();
  conv.op.images = 0;
  EXPECT_TRUE(accumulators(*backend_, conv.convolution()).empty());
}

TEST_P(BackendTest, WorksFromSeveralThreads) {
  constexpr std::uint64_t kThreads = 4;
  std::vector<int> wrong(kThreads);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 10; ++i) {
        const auto conv = random_case(split(kKey, 10 * t + i), {.has_default_widths = true});
        const auto op = conv.convolution();
        wrong[t] += accumulators(*backend_, op) == plain_accumulators(op) ? 0 : 1;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(wrong, testing::Each(0));
}

INSTANTIATE_TEST_SUITE_P(Backends, BackendTest,
                         testing::Values("cpu", "forward", "backward", "shuffled", "cuda"),
                         [](const auto& name) { return name.param; });

std::string failure(const Convolution& op, std::size_t size) {
  std::vector<std::int32_t> result(size);
  try {
    make_backend("cpu")->convolve(op, result);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(ConvolutionCheck, RefusesWhatCannotBeComputed) {
  const auto conv = small_case();
  const auto changed = [&](auto change) {
    auto op = conv.convolution();
    change(op);
    return failure(op, 1);
  };
  EXPECT_EQ(changed([](auto&) {}), "none");
  EXPECT_EQ(changed([](auto& op) { op.shape.groups = 2; }),
            "groups must divide 1 channels and 1 filters, got 2");
  EXPECT_THAT(changed([](auto& op) { op.shape.kernel = 3; }), HasSubstr("must fit"));
  EXPECT_THAT(changed([](auto& op) { op.shape.stride = 0; }), HasSubstr("stride >= 1"));
  EXPECT_THAT(changed([](auto& op) { op.shape.channels = 0; }), HasSubstr("at least one"));
  EXPECT_THAT(changed([](auto& op) { op.widths.product = 33; }), HasSubstr("1 to 32 bits"));
  EXPECT_THAT(changed([](auto& op) { op.images = 2; }), HasSubstr("2 outputs"));
  EXPECT_THAT(changed([](auto& op) {
                op.fault = {MacSite::product, 0, 0, {1U << 16, 0}};
              }),
              HasSubstr("16 bits, got 16"));
  EXPECT_THAT(changed([](auto& op) {
                op.fault = {MacSite::product, 1, 0, {}};
              }),
              HasSubstr("1 outputs, got 1"));
  EXPECT_THAT(changed([](auto& op) {
                op.fault = {MacSite::product, 0, 4, {}};
              }),
              HasSubstr("4 steps, got 4"));
  EXPECT_THAT(changed([](auto& op) {
                op.fault = {.site = MacSite::weight_operand, .output = 0, .operand = 32768};
              }),
              HasSubstr("16 bits, got 32768"));
}

}  // namespace
}  // namespace citrine
