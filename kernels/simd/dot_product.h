// Dot products of 32 bits a lane: four steps of 8 bits or two of 16, all exact. The first operand
// of 8 bits is unsigned, all others are signed. Once a target. Include it behind Highway's
// foreach_target.h.
#if defined(CITRINE_SIMD_DOT_PRODUCT) == defined(HWY_TARGET_TOGGLE)
#ifdef CITRINE_SIMD_DOT_PRODUCT
#undef CITRINE_SIMD_DOT_PRODUCT
#else
#define CITRINE_SIMD_DOT_PRODUCT
#endif

#include <cstring>

#include "kernels/simd/vectors.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

// The 32 bits from `elements` on in every lane.
template <class Element>
HWY_INLINE Sum broadcast(const Element* elements) {
  std::int32_t bits;
  std::memcpy(&bits, elements, sizeof(bits));
  return hn::Set(Int32(), bits);
}

// 32 bits a lane.
template <class Element>
HWY_INLINE Sum load_lanes(const Element* elements) {
  return hn::LoadU(Int32(), reinterpret_cast<const std::int32_t*>(elements));
}

#if HWY_TARGET == HWY_SCALAR

template <class First, class Second>
struct LaneDotProduct {
  using Operand = Sum;
  static Operand first(Sum lanes) { return lanes; }
  static Operand second(Sum lanes) { return lanes; }
  static void add(Operand a, Operand b, Sum& sum, Sum&) {
    constexpr std::size_t kSteps = sizeof(std::int32_t) / sizeof(First);
    First x[kSteps];
    Second w[kSteps];
    std::memcpy(x, &a.raw, sizeof(x));
    std::memcpy(w, &b.raw, sizeof(w));
    auto total = static_cast<std::uint32_t>(sum.raw);  // wraps
    for (std::size_t i = 0; i < kSteps; ++i) total += static_cast<std::uint32_t>(x[i] * w[i]);
    sum.raw = static_cast<std::int32_t>(total);
  }
};

using ByteDotProduct = LaneDotProduct<std::uint8_t, std::int8_t>;
using ShortDotProduct = LaneDotProduct<std::int16_t, std::int16_t>;

#else

using Int16 = hn::Repartition<std::int16_t, Int32>;

// Sums are in `sum`, or in `sum` and `rest` where the product of two vectors has two halves.
struct ShortDotProduct {
  using Operand = hn::Vec<Int16>;
  static HWY_INLINE Operand first(Sum lanes) { return hn::BitCast(Int16(), lanes); }
  static HWY_INLINE Operand second(Sum lanes) { return hn::BitCast(Int16(), lanes); }
  static HWY_INLINE void add(Operand a, Operand b, Sum& sum, Sum& rest) {
#if HWY_TARGET == HWY_AVX3_DL
    sum = Sum{_mm512_dpwssd_epi32(sum.raw, a.raw, b.raw)};
    static_cast<void>(rest);
#else
    sum = hn::ReorderWidenMulAccumulate(Int32(), a, b, sum, rest);
#endif
  }
};

#if HWY_TARGET == HWY_AVX3_DL

struct ByteDotProduct {
  using Operand = Sum;
  static HWY_INLINE Operand first(Sum lanes) { return lanes; }
  static HWY_INLINE Operand second(Sum lanes) { return lanes; }
  static HWY_INLINE void add(Operand a, Operand b, Sum& sum, Sum&) {
    sum = Sum{_mm512_dpbusd_epi32(sum.raw, a.raw, b.raw)};
  }
};

#else

// Products of 8 bits would saturate when two are added in 16, so even and odd steps are widened.
struct ByteDotProduct {
  struct Operand {
    hn::Vec<Int16> even, odd;
  };
  static HWY_INLINE Operand first(Sum lanes) {
    const hn::RebindToUnsigned<Int16> tag;
    const auto both = hn::BitCast(tag, lanes);
    return {hn::BitCast(Int16(), hn::And(both, hn::Set(tag, 0xFF))),
            hn::BitCast(Int16(), hn::ShiftRight<8>(both))};
  }
  static HWY_INLINE Operand second(Sum lanes) {
    const auto both = hn::BitCast(Int16(), lanes);
    return {hn::ShiftRight<8>(hn::ShiftLeft<8>(both)), hn::ShiftRight<8>(both)};
  }
  static HWY_INLINE void add(const Operand& a, const Operand& b, Sum& sum, Sum& rest) {
    ShortDotProduct::add(a.even, b.even, sum, rest);
    ShortDotProduct::add(a.odd, b.odd, sum, rest);
  }
};
#endif
#endif

template <class Element>
using DotProduct = std::conditional_t<sizeof(Element) == 1, ByteDotProduct, ShortDotProduct>;

// The total of both.
HWY_INLINE Sum total(Sum sum, Sum rest) { return hn::RearrangeToOddPlusEven(sum, rest); }

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
