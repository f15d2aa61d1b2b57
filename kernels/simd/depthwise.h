// Sums of a convolution whose channels have a filter each. Once a target. Include it behind
// Highway's foreach_target.h.
#if defined(CITRINE_SIMD_DEPTHWISE) == defined(HWY_TARGET_TOGGLE)
#ifdef CITRINE_SIMD_DEPTHWISE
#undef CITRINE_SIMD_DEPTHWISE
#else
#define CITRINE_SIMD_DEPTHWISE
#endif

#include "kernels/packed_convolution.h"
#include "kernels/simd/dot_product.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

// Channels [first, first + lanes) of the pixel whose window begins there.
template <class Element>
HWY_INLINE Sum convolve_channels(const PackedConvolution<Element>& convolution,
                                 const Element* window, std::size_t first) {
  auto sum = hn::Zero(Int32()), rest = hn::Zero(Int32());
  const auto& offsets = convolution.offsets();
  const auto* weights = convolution.tap_pairs().data() + first;
  for (std::size_t tap = 0; tap < offsets.size(); tap += 2) {
    auto low = load(window + offsets[tap] + first);
    if (sizeof(Element) > 1) low = hn::And(low, hn::Set(Int32(), 0xFFFF));
    const auto high = hn::ShiftLeft<16>(load(window + offsets[tap + 1] + first));
    ShortDotProduct::add(ShortDotProduct::first(hn::Or(low, high)),
                         ShortDotProduct::second(load(weights)), sum, rest);
    weights += convolution.shape().channels;
  }
  return hn::Add(load(convolution.bias().data() + first), total(sum, rest));
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
