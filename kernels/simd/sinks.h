// Where the sums of a convolution's outputs go. Once a target. Include it behind Highway's
// foreach_target.h.
//
// A sink has the place of a strip's first pixel, that of the next one, and what it keeps in
// registers for a vector of filters; it puts the first `count` of their sums. A short one takes few
// instructions.
#if defined(CITRINE_SIMD_SINKS) == defined(HWY_TARGET_TOGGLE)
#ifdef CITRINE_SIMD_SINKS
#undef CITRINE_SIMD_SINKS
#else
#define CITRINE_SIMD_SINKS
#endif

#include <array>
#include <utility>

#include "kernels/packed_convolution.h"
#include "kernels/simd/requantize.h"
#include "kernels/simd/strips.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

// As they are.
struct SumSink {
  static constexpr bool kIsShort = true;
  using Filters = std::nullptr_t;
  using Place = std::int32_t*;

  Filters filters(std::size_t) const { return nullptr; }
  Place place(const Strip& strip) const {
    const auto row = std::ptrdiff_t{strip.image} * shape.out_height() + strip.row;
    return sums + (row * shape.out_width() + strip.column) * shape.filters;
  }
  // By row and column of an image, without what a store could change.
  auto places(int image) const {
    return
        [to = sums + image * shape.outputs(), width = shape.out_width(), filters = shape.filters](
            int row, int column) { return to + (std::ptrdiff_t{row} * width + column) * filters; };
  }
  Place next(Place place) const { return place + shape.filters; }
  HWY_INLINE void put(Sum sum, Filters, Place place, std::size_t filter, std::size_t count) const {
    store(sum, place + filter, count);
  }

  const ConvolutionShape& shape;
  std::int32_t* sums;
};

// What a register of 32 - `unused` bits keeps of sums.
HWY_INLINE Sum wrapped(Sum sum, int unused) {
  return hn::ShiftRightSame(hn::ShiftLeftSame(sum, unused), unused);
}

// With their residuals, requantized.
template <class Element>
struct StoreSink {
  static constexpr bool kIsShort = false;
  struct Filters {
    Scaler residual;
    Requantizer<Element> requantizer;
  };
  struct Place {
    Element* to;
    const Element* residual;
  };

  Filters filters(std::size_t first) const {
    return {{to.requantization.residual_scales, first}, {to.requantization, first}};
  }
  Place place(const Strip& strip) const {
    return {to.output.pixel(strip.image, strip.row, strip.column),
            to.residual == nullptr ? nullptr
                                   : to.residual->pixel(strip.image, strip.row, strip.column)};
  }
  auto places(int image) const {
    const auto& map = to.output.shape();
    const bool has_residual = to.residual != nullptr;
    return [first = to.output.pixel(image, 0, 0), row_elements = map.row_elements(),
            residual = has_residual ? to.residual->pixel(image, 0, 0) : nullptr,
            residual_row = has_residual ? to.residual->shape().row_elements() : 0,
            channels = std::ptrdiff_t{map.channels}](int row, int column) -> Place {
      const auto at = column * channels;
      return {first + row * row_elements + at,
              residual == nullptr ? nullptr : residual + row * residual_row + at};
    };
  }
  Place next(Place place) const {
    const auto filters = to.output.shape().channels;
    return {place.to + filters, place.residual == nullptr ? nullptr : place.residual + filters};
  }
  HWY_INLINE void put(Sum sum, const Filters& filters, Place place, std::size_t filter,
                      std::size_t count) const {
    if (place.residual != nullptr) {
      const auto integers =
          hn::Sub(load(place.residual + filter), hn::Set(Int32(), to.residual->zero()));
      sum = hn::Add(sum, filters.residual(integers));
    }
    filters.requantizer.store(wrapped(sum, 32 - to.requantization.sum_bits), place.to + filter,
                              count);
  }

  const Store<Element>& to;
};

// The same for sums of 32 bits that are only shifted, and residuals that are only multiplied.
template <class Element>
struct ShiftSink : StoreSink<Element> {
  static constexpr bool kIsShort = true;
  struct Filters {
    Shifter requantizer;
    Factors factors;
    Sum residual_zero;
  };
  using Place = typename StoreSink<Element>::Place;

  static bool fits(const Store<Element>& to) {
    return to.requantization.sum_bits == 32 && Shifter::fits(to.requantization) &&
           (to.residual == nullptr || Factors::fit(to.requantization.residual_scales));
  }
  Filters filters(std::size_t first) const {
    const auto& how = this->to.requantization;
    const auto* residual = this->to.residual;
    return {{how, first},
            Factors(how.residual_scales, first),
            hn::Set(Int32(), residual == nullptr ? 0 : residual->zero())};
  }
  HWY_INLINE Sum with_residual(Sum sum, const Filters& filters, Place place,
                               std::size_t filter) const {
    if (place.residual == nullptr) return sum;
    const auto integers = hn::Sub(load(place.residual + filter), filters.residual_zero);
    return hn::Add(sum, filters.factors.times(integers));
  }
  HWY_INLINE void put(Sum sum, const Filters& filters, Place place, std::size_t filter,
                      std::size_t count) const {
    store(filters.requantizer(with_residual(sum, filters, place, filter)), place.to + filter,
          count);
  }
};

// What a sink keeps for some vectors of filters.
template <std::size_t kVectors, class Sink>
HWY_INLINE auto filters_of(const Sink& sink, std::size_t first) {
  return [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    return std::array{sink.filters(first + kIndex * hn::Lanes(Int32()))...};
  }
  (std::make_index_sequence<kVectors>());
}

// Puts the first `count` of some vectors of one pixel, one after the other.
template <class Sink, std::size_t kVectors>
HWY_INLINE void put_each(const Sink& sink, const Sum (&sums)[kVectors],
                         const std::array<typename Sink::Filters, kVectors>& filters,
                         typename Sink::Place place, std::size_t first, std::size_t count) {
  HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) {
    const auto lane = v * hn::Lanes(Int32());
    sink.put(sums[v], filters[v], place, first + lane, count - lane);
  }
}

// The same as the sink does it best.
template <class Sink, std::size_t kVectors>
HWY_INLINE void put_vectors(const Sink& sink, const Sum (&sums)[kVectors],
                            const std::array<typename Sink::Filters, kVectors>& filters,
                            typename Sink::Place place, std::size_t first, std::size_t count) {
  put_each(sink, sums, filters, place, first, count);
}

#if HWY_CAP_GE512

using Byte = hn::Repartition<std::uint8_t, Int32>;
using Short = hn::Repartition<std::int16_t, Int32>;

// The bytes of four vectors, one behind the other, or twice those of two, from integers of 16 bits
// whose blocks of 128 bits have four of each vector.
HWY_INLINE hn::Vec<Byte> packed_bytes(hn::Vec<Short> first, hn::Vec<Short> second) {
  HWY_ALIGN static constexpr std::int32_t kOrder[16] = {0, 4, 8,  12, 1, 5, 9,  13,
                                                        2, 6, 10, 14, 3, 7, 11, 15};
  // Highway 1.0.3 has no name for it.
  const Sum groups{_mm512_packus_epi16(first.raw, second.raw)};
  return hn::BitCast(Byte(), hn::TableLookupLanes(groups, hn::SetTableIndices(Int32(), kOrder)));
}

// In integers of 16 bits, which hold all that bytes can.
template <std::size_t kVectors>
HWY_INLINE void put_vectors(const ShiftSink<std::uint8_t>& sink, const Sum (&sums)[kVectors],
                            const std::array<ShiftSink<std::uint8_t>::Filters, kVectors>& filters,
                            ShiftSink<std::uint8_t>::Place place, std::size_t first,
                            std::size_t count) {
  constexpr bool kIsPacked = kVectors == 2 || kVectors == 4;
  if (!kIsPacked || count < kVectors * hn::Lanes(Int32())) {
    put_each(sink, sums, filters, place, first, count);
  } else {
    // Functions of their own would need all sums in memory.
    const auto shifted_pair = [&](std::size_t v) __attribute__((always_inline)) {
      const auto shift = [&](std::size_t at) __attribute__((always_inline)) {
        const auto filter = first + at * hn::Lanes(Int32());
        return filters[at].requantizer.shift(
            sink.with_residual(sums[at], filters[at], place, filter));
      };
      return filters[v].requantizer.stored(hn::ReorderDemote2To(Short(), shift(v), shift(v + 1)));
    };
    auto* to = place.to + first;
    const auto low = shifted_pair(0);
    if constexpr (kVectors == 4)
      hn::StoreU(packed_bytes(low, shifted_pair(2)), Byte(), to);
    else
      hn::StoreU(hn::LowerHalf(packed_bytes(low, low)), hn::Half<Byte>(), to);
  }
}

#endif

// What another sink does, and as they are.
template <class Sink>
struct KeepSink {
  static constexpr bool kIsShort = Sink::kIsShort;
  using Filters = typename Sink::Filters;
  struct Place {
    typename Sink::Place stored;
    SumSink::Place sum;
  };

  Filters filters(std::size_t first) const { return stored.filters(first); }
  Place place(const Strip& strip) const { return {stored.place(strip), sums.place(strip)}; }
  auto places(int image) const {
    return [stored_at = stored.places(image), sum_at = sums.places(image)](int row, int column) {
      return Place{stored_at(row, column), sum_at(row, column)};
    };
  }
  Place next(Place place) const { return {stored.next(place.stored), sums.next(place.sum)}; }
  HWY_INLINE void put(Sum sum, const Filters& filters, Place place, std::size_t filter,
                      std::size_t count) const {
    sums.put(sum, nullptr, place.sum, filter, count);
    stored.put(sum, filters, place.stored, filter, count);
  }

  Sink stored;
  SumSink sums;
};

template <class Sink, std::size_t kVectors>
HWY_INLINE void put_vectors(const KeepSink<Sink>& sink, const Sum (&sums)[kVectors],
                            const std::array<typename KeepSink<Sink>::Filters, kVectors>& filters,
                            typename KeepSink<Sink>::Place place, std::size_t first,
                            std::size_t count) {
  put_each(sink.sums, sums, std::array<SumSink::Filters, kVectors>{}, place.sum, first, count);
  put_vectors(sink.stored, sums, filters, place.stored, first, count);
}

// Calls use(sink) with the shortest sink that does what is asked for.
template <class Element, class Use>
HWY_INLINE void with_sink(const ConvolutionShape& shape, const Store<Element>& to, Use use) {
  const auto use_kept = [&](const auto& sink) {
    if (to.sums == nullptr) return use(sink);
    use(KeepSink<std::decay_t<decltype(sink)>>{sink, {shape, to.sums}});
  };
  if (ShiftSink<Element>::fits(to))
    use_kept(ShiftSink<Element>{{to}});
  else
    use_kept(StoreSink<Element>{to});
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
