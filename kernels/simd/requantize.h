// Scales and requantizes vectors of sums. Once a target. Include it behind Highway's
// foreach_target.h.
#if defined(CITRINE_SIMD_REQUANTIZE) == defined(HWY_TARGET_TOGGLE)
#ifdef CITRINE_SIMD_REQUANTIZE
#undef CITRINE_SIMD_REQUANTIZE
#else
#define CITRINE_SIMD_REQUANTIZE
#endif

#include "kernels/fixed_point.h"
#include "kernels/requantization.h"
#include "kernels/simd/vectors.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

// All functions take the scales of channels from `channel` on, one a lane.

#if HWY_TARGET == HWY_SCALAR

HWY_INLINE std::int64_t product(Sum sum, const ChannelScales& scales, std::size_t channel) {
  return round_shift(std::int64_t{sum.raw} * scales.multipliers()[channel],
                     scales.shifts()[channel]);
}
HWY_INLINE Sum wrapped_product(Sum sum, const ChannelScales& scales, std::size_t channel) {
  return Sum(static_cast<std::int32_t>(product(sum, scales, channel)));
}
HWY_INLINE Sum clamped_product(Sum sum, const ChannelScales& scales, std::size_t channel,
                               std::int32_t low, std::int32_t high) {
  return Sum(clamp(product(sum, scales, channel), low, high));
}

#else

using Int64 = hn::Repartition<std::int64_t, Int32>;
using UInt64 = hn::RebindToUnsigned<Int64>;
using Wide = hn::Vec<Int64>;

// round_shift(sum * multiplier, shift) of the even lanes.
HWY_INLINE Wide even_products(Sum sum, Sum multipliers, Sum shifts) {
  const auto bits = hn::And(hn::BitCast(UInt64(), shifts), hn::Set(UInt64(), 0xFFFFFFFF));
  const auto half = hn::ShiftRight<1>(hn::Shl(hn::Set(UInt64(), 1), bits));
  const auto sums = hn::Add(hn::MulEven(sum, multipliers), hn::BitCast(Int64(), half));
  return hn::Shr(sums, hn::BitCast(Int64(), bits));
}

HWY_INLINE Sum odd_lanes(Sum all) {
  return hn::BitCast(Int32(), hn::ShiftRight<32>(hn::BitCast(UInt64(), all)));
}

struct Products {
  Wide even, odd;
};

HWY_INLINE Products products(Sum sum, const ChannelScales& scales, std::size_t channel) {
  const auto multipliers = load(scales.multipliers() + channel);
  const auto shifts = load(scales.shifts() + channel);
  return {even_products(sum, multipliers, shifts),
          even_products(odd_lanes(sum), odd_lanes(multipliers), odd_lanes(shifts))};
}

// The low 32 bits of both.
HWY_INLINE Sum joined(const Products& products) {
  return hn::OddEven(hn::BitCast(Int32(), hn::ShiftLeft<32>(products.odd)),
                     hn::BitCast(Int32(), products.even));
}

HWY_INLINE Sum wrapped_product(Sum sum, const ChannelScales& scales, std::size_t channel) {
  return joined(products(sum, scales, channel));
}

HWY_INLINE Sum clamped_product(Sum sum, const ChannelScales& scales, std::size_t channel,
                               std::int32_t low, std::int32_t high) {
  const auto lowest = hn::Set(Int64(), low), highest = hn::Set(Int64(), high);
  const auto both = products(sum, scales, channel);
  return joined(
      {hn::Min(hn::Max(both.even, lowest), highest), hn::Min(hn::Max(both.odd, lowest), highest)});
}

#endif

// Shifts of a kind `shift`: the last bit that goes rounds.
HWY_INLINE Sum shifted(Sum sum, Sum shifts) {
  return hn::ShiftRight<1>(hn::Add(hn::Shr(sum, shifts), hn::Set(Int32(), 1)));
}

// Scales one vector of channels modulo 2^32; their scales stay in registers.
class Scaler {
 public:
  HWY_INLINE Scaler(const ChannelScales& scales, std::size_t channel)
      : scales_(scales),
        channel_(channel),
        kind_(scales.kind()),
        factors_(
            load((kind_ == ChannelScales::Kind::multiple ? scales.multipliers() : scales.shifts()) +
                 channel)) {}

  HWY_INLINE Sum operator()(Sum sum) const {
    if (kind_ == ChannelScales::Kind::multiple) return hn::Mul(sum, factors_);
    if (kind_ == ChannelScales::Kind::shift) return shifted(sum, factors_);
    return wrapped_product(sum, scales_, channel_);
  }

 private:
  const ChannelScales& scales_;
  std::size_t channel_;
  ChannelScales::Kind kind_;
  Sum factors_;
};

// Scales of kind `multiple` of one vector of channels, for integers of 16 bits.
class Factors {
 public:
  HWY_INLINE Factors(const ChannelScales& scales, std::size_t channel)
      : factors_(load(scales.multipliers() + channel)) {}

  static bool fit(const ChannelScales& scales) {
    return scales.kind() == ChannelScales::Kind::multiple && scales.are_short();
  }
  HWY_INLINE Sum times(Sum integers) const {
#if HWY_CAP_GE512
    // The products of the low halves, and of the high ones, which the factors lack: half the work.
    return Sum{_mm512_madd_epi16(integers.raw, factors_.raw)};
#else
    return hn::Mul(integers, factors_);
#endif
  }

 private:
  Sum factors_;
};

// Requantizes one vector of channels whose sums are only shifted, all in registers.
class Shifter {
 public:
  template <class Element>
  HWY_INLINE Shifter(const Requantization<Element>& how, std::size_t channel)
      : shifts_(load(how.scales.shifts() + channel)),
        low_(hn::Set(Int32(), how.low)),
        high_(hn::Set(Int32(), how.high)),
        zero_(hn::Set(Int32(), how.zero)) {}

  template <class Element>
  static bool fits(const Requantization<Element>& how) {
    return how.scales.kind() == ChannelScales::Kind::shift && how.table.empty();
  }
  HWY_INLINE Sum shift(Sum sum) const { return shifted(sum, shifts_); }
  HWY_INLINE Sum integers(Sum sum) const { return hn::Min(hn::Max(shift(sum), low_), high_); }
  HWY_INLINE Sum operator()(Sum sum) const { return hn::Add(integers(sum), zero_); }
#if HWY_CAP_GE512
  using Short = hn::Repartition<std::int16_t, Int32>;
  // What is stored for shifted sums that 16 bits hold.
  HWY_INLINE hn::Vec<Short> stored(hn::Vec<Short> shifted_sums) const {
    const auto halves = [](Sum both) { return hn::ReorderDemote2To(Short(), both, both); };
    return hn::Add(hn::Min(hn::Max(shifted_sums, halves(low_)), halves(high_)), halves(zero_));
  }
#endif

 private:
  Sum shifts_, low_, high_, zero_;
};

// Requantizes one vector of channels.
template <class Element>
class Requantizer {
 public:
  HWY_INLINE Requantizer(const Requantization<Element>& how, std::size_t channel)
      : how_(how),
        channel_(channel),
        is_shift_(how.scales.kind() == ChannelScales::Kind::shift),
        shifter_(how, channel) {}

  // Stores the first `count` lanes.
  HWY_INLINE void store(Sum sum, Element* to, std::size_t count) const {
    const auto integers = is_shift_
                              ? shifter_.integers(sum)
                              : clamped_product(sum, how_.scales, channel_, how_.low, how_.high);
    if (how_.table.empty())
      HWY_NAMESPACE::store(hn::Add(integers, hn::Set(Int32(), how_.zero)), to, count);
    else
      look_up(integers, to, count);
  }

 private:
  HWY_NOINLINE void look_up(Sum integers, Element* to, std::size_t count) const {
    std::int32_t all[kMostLanes];
    hn::StoreU(integers, Int32(), all);
    for (std::size_t lane = 0; lane < std::min(count, hn::Lanes(Int32())); ++lane)
      to[lane] = how_.table[static_cast<std::size_t>(all[lane] - how_.low)];
  }

  const Requantization<Element>& how_;
  std::size_t channel_;
  bool is_shift_;
  Shifter shifter_;
};

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
