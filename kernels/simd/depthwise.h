// Sums of a convolution whose channels have a filter each. Once a target. Include it behind
// Highway's foreach_target.h.
#if defined(CITRINE_SIMD_DEPTHWISE) == defined(HWY_TARGET_TOGGLE)
#ifdef CITRINE_SIMD_DEPTHWISE
#undef CITRINE_SIMD_DEPTHWISE
#else
#define CITRINE_SIMD_DEPTHWISE
#endif

#include "kernels/packed_convolution.h"
#include "kernels/simd/vectors.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

// Channels [first, first + lanes) of the pixel whose window begins there.
template <class Element>
HWY_INLINE Sum convolve_channels(const PackedConvolution<Element>& convolution,
                                 const Element* window, std::size_t first) {
  auto sum = load(convolution.bias().data() + first);
  const auto* weights = convolution.weights().data() + first;
  for (const std::ptrdiff_t offset : convolution.offsets()) {
    sum = hn::Add(sum, hn::Mul(load(window + offset + first), load(weights)));
    weights += convolution.shape().channels;
  }
  return sum;
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
