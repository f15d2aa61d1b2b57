// Vectors of 32-bit sums and the elements that they come from, once a target. Include it behind
// Highway's foreach_target.h.
#if defined(CITRINE_SIMD_VECTORS) == defined(HWY_TARGET_TOGGLE)
#ifdef CITRINE_SIMD_VECTORS
#undef CITRINE_SIMD_VECTORS
#else
#define CITRINE_SIMD_VECTORS
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

#if HWY_TARGET == HWY_AVX3_DL
// Highway 1.0.3 asks processors for the dot product, but the compiler for that of AVX-VNNI instead.
#undef HWY_TARGET_STR
#define HWY_TARGET_STR \
  HWY_TARGET_STR_AVX3  \
  ",vpclmulqdq,avx512vbmi,avx512vbmi2,vaes,avxvnni,avx512vnni,avx512bitalg,avx512vpopcntdq"
#endif

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Int32 = hn::ScalableTag<std::int32_t>;
using Sum = hn::Vec<Int32>;
inline constexpr std::size_t kMostLanes = hn::MaxLanes(Int32());

template <class Element>
HWY_INLINE Sum load(const Element* from) {
  return hn::PromoteTo(Int32(), hn::LoadU(hn::Rebind<Element, Int32>(), from));
}

HWY_INLINE Sum load(const std::int32_t* from) { return hn::LoadU(Int32(), from); }

// Copies at least `count` elements, up to one vector more.
template <class Element>
HWY_INLINE void copy_vectors(const Element* from, std::size_t count, Element* to) {
  const hn::ScalableTag<Element> tag;
  for (std::size_t i = 0; i < count; i += hn::Lanes(tag))
    hn::StoreU(hn::LoadU(tag, from + i), tag, to + i);
}

// Lanes that all fit.
template <class Element>
HWY_INLINE hn::Vec<hn::Rebind<Element, Int32>> narrowed(Sum sum) {
#if HWY_CAP_GE512
  // One instruction instead of the four that DemoteTo takes to saturate.
  if constexpr (sizeof(Element) == 1)
    return hn::Vec<hn::Rebind<Element, Int32>>{_mm512_cvtepi32_epi8(sum.raw)};
#endif
  return hn::DemoteTo(hn::Rebind<Element, Int32>(), sum);
}

// The first `count` lanes, all of which must fit.
template <class Element>
HWY_INLINE void store(Sum sum, Element* to, std::size_t count) {
  const hn::Rebind<Element, Int32> tag;
  const auto elements = narrowed<Element>(sum);
  if (count >= hn::Lanes(tag)) return hn::StoreU(elements, tag, to);
  Element all[kMostLanes];
  hn::StoreU(elements, tag, all);
  std::copy_n(all, count, to);
}

HWY_INLINE void store(Sum sum, std::int32_t* to, std::size_t count) {
  if (count >= hn::Lanes(Int32())) return hn::StoreU(sum, Int32(), to);
  std::int32_t all[kMostLanes];
  hn::StoreU(sum, Int32(), all);
  std::copy_n(all, count, to);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
