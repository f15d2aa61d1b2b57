#include "kernels/backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/check_backend.h"
#include "kernels/convolution_cases.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;

std::string failure(std::string_view name) {
  try {
    make_backend(name);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Backend, NamesAreMadeAndNamedAlike) {
  for (const auto& name : available_backends()) EXPECT_EQ(make_backend(name)->name(), name);
  EXPECT_EQ(available_backends().front(), "cpu");
  EXPECT_EQ(make_backend("check:cpu,emulated")->name(), "check:cpu,emulated");
}

TEST(Backend, UnknownNamesGiveTheNearest) {
  EXPECT_THAT(failure("cpi"), HasSubstr("unknown backend 'cpi': did you mean 'cpu'?"));
  EXPECT_THAT(failure(""), HasSubstr("unknown backend ''"));
  EXPECT_THAT(failure("check:cpu"), HasSubstr("two backends"));
  EXPECT_THAT(failure("check:cpu,emulate"), HasSubstr("did you mean 'emulated'?"));
}

TEST(Backend, CudaWithoutADeviceSaysWhy) {
  if (available_backends().back() == "cuda")
    GTEST_SKIP() << "needs a machine without a CUDA device";
  EXPECT_THAT(failure("cuda"), HasSubstr("backend 'cuda' needs a"));
}

// The processor's result with one wrong value.
class WrongBackend : public Backend {
 public:
  std::string name() const override { return "wrong"; }
  void convolve(const Convolution& op, std::span<std::int32_t> accumulators) const override {
    make_backend("cpu")->convolve(op, accumulators);
    accumulators[2] = 77;
  }
};

TEST(CheckBackend, GivesTheCommonResultOrTheFirstDifference) {
  auto conv = random_case({1, 2});
  conv.op.shape = {.height = 4, .filters = 1};
  fill(conv, {1, 3});
  const auto op = conv.convolution();
  std::vector<std::int32_t> result(4);
  make_backend("check:cpu,emulated")->convolve(op, result);
  EXPECT_EQ(result, plain_accumulators(op));
  const CheckBackend check(make_backend("cpu"), std::make_unique<WrongBackend>());
  const auto expected =
      "backends differ in output 2: cpu gives " + std::to_string(result[2]) + ", wrong gives 77";
  EXPECT_THAT([&] { check.convolve(op, result); }, testing::ThrowsMessage<Error>(expected));
}

}  // namespace
}  // namespace citrine
