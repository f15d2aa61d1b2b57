#include "bench/dot_product_peak.h"

#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/dot_product_peak.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd/dot_product.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

constexpr int kSums = 12;  // more than a dot product's latency times two a cycle

// Keeps a sum in its register, and the compiler from knowing it.
HWY_INLINE void hide(Sum& sum) {
#if HWY_TARGET == HWY_SCALAR
  __asm__ volatile("" : "+r"(sum.raw));
#else
  __asm__ volatile("" : "+x"(sum.raw));
#endif
}

std::int64_t dot_products(std::int64_t rounds) {
  using Dot = DotProduct<std::uint8_t>;
  std::uint8_t activations[sizeof(Sum)] = {1, 2, 3, 4};
  std::int8_t weights[sizeof(Sum)] = {4, 3, 2, 1};
  const auto x = Dot::first(broadcast(activations));
  const auto w = Dot::second(load_lanes(weights));
  Sum sums[kSums], rests[kSums];
  HWY_UNROLL(12) for (int i = 0; i < kSums; ++i) sums[i] = rests[i] = hn::Zero(Int32());
  for (std::int64_t round = 0; round < rounds; ++round) {
    HWY_UNROLL(12) for (int i = 0; i < kSums; ++i) {
      Dot::add(x, w, sums[i], rests[i]);
      hide(sums[i]);
    }
  }
  return rounds * kSums * static_cast<std::int64_t>(sizeof(Sum));
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {

HWY_EXPORT(dot_products);

std::int64_t run_dot_products(std::int64_t rounds) {
  return HWY_DYNAMIC_DISPATCH(dot_products)(rounds);
}

}  // namespace citrine
#endif
