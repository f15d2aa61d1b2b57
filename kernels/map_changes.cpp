#include "kernels/map_changes.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "kernels/requantization.h"
#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/map_changes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd/dot_product.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

template <class Element>
inline constexpr std::int32_t kMostPart = std::numeric_limits<std::make_signed_t<Element>>::max();

#if HWY_TARGET == HWY_SCALAR

// Adds the differences of a pixel; gives their sum.
template <class Element>
std::int32_t add_differences(const Element* before, const Element* after, std::size_t channels,
                             std::int32_t place, MapChanges& changes) {
  constexpr std::size_t kSteps = sizeof(std::int32_t) / sizeof(Element);
  std::int32_t sum = 0;
  for (std::size_t first = 0; first < channels; first += kSteps) {
    std::int32_t rest[kSteps] = {};
    for (std::size_t i = 0; i < std::min(kSteps, channels - first); ++i) {
      rest[i] = after[first + i] - before[first + i];
      sum += rest[i];
    }
    while (std::any_of(rest, rest + kSteps, [](int value) { return value != 0; })) {
      std::make_signed_t<Element> parts[kSteps];
      for (std::size_t i = 0; i < kSteps; ++i) {
        parts[i] = static_cast<std::make_signed_t<Element>>(
            std::clamp(rest[i], -kMostPart<Element>, kMostPart<Element>));
        rest[i] -= parts[i];
      }
      std::memcpy(changes.next_differences(), parts, sizeof(parts));
      *changes.next_places() = place + static_cast<std::int32_t>(first / kSteps);
      changes.add_terms(1);
    }
  }
  return sizeof(Element) == 1 ? sum : 0;
}

#else

template <class Element>
using Unsigned = hn::Repartition<std::make_unsigned_t<Element>, Int32>;

// Elements as unsigned integers in the same order; those from `count` on are 0.
template <class Element>
HWY_INLINE hn::Vec<Unsigned<Element>> load_some(const Element* from, std::size_t count) {
  const Unsigned<Element> tag;
  auto elements = hn::LoadU(tag, reinterpret_cast<const std::make_unsigned_t<Element>*>(from));
  if constexpr (std::is_signed_v<Element>)
    elements = hn::Xor(elements, hn::Set(tag, static_cast<std::uint16_t>(1U << 15)));
  if (count < hn::Lanes(tag)) elements = hn::IfThenElseZero(hn::FirstN(tag, count), elements);
  return elements;
}

HWY_INLINE void add_terms(Sum differences, Sum places, MapChanges& changes) {
  const auto is_term = hn::Ne(differences, hn::Zero(Int32()));
  hn::StoreU(hn::Compress(differences, is_term), Int32(), changes.next_differences());
  hn::StoreU(hn::Compress(places, is_term), Int32(), changes.next_places());
  changes.add_terms(hn::CountTrue(Int32(), is_term));
}

// Adds the differences of a pixel; gives their sum.
template <class Element>
HWY_INLINE std::int32_t add_differences(const Element* before, const Element* after,
                                        std::size_t channels, std::int32_t place,
                                        MapChanges& changes) {
  using Dot = DotProduct<Element>;
  const Unsigned<Element> tag;
  const auto zero = hn::Zero(tag);
  const auto most = hn::Set(tag, static_cast<std::make_unsigned_t<Element>>(kMostPart<Element>));
  const auto ones = Dot::first(hn::BitCast(Int32(), hn::Set(tag, 1)));
  auto sum = hn::Zero(Int32()), rest = hn::Zero(Int32());
  for (std::size_t first = 0; first < channels; first += hn::Lanes(tag)) {
    const auto old = load_some(before + first, channels - first);
    const auto now = load_some(after + first, channels - first);
    auto rise = hn::SaturatedSub(now, old), fall = hn::SaturatedSub(old, now);
    const auto group = static_cast<std::int32_t>(first * sizeof(Element) / sizeof(std::int32_t));
    const auto places = hn::Iota(Int32(), place + group);
    while (!hn::AllTrue(tag, hn::Eq(hn::Or(rise, fall), zero))) {
      const auto part = hn::BitCast(Int32(), hn::Sub(hn::Min(rise, most), hn::Min(fall, most)));
      if constexpr (sizeof(Element) == 1) Dot::add(ones, Dot::second(part), sum, rest);
      add_terms(part, places, changes);
      rise = hn::SaturatedSub(rise, most);
      fall = hn::SaturatedSub(fall, most);
    }
  }
  if constexpr (sizeof(Element) == 1)
    return hn::GetLane(hn::SumOfLanes(Int32(), total(sum, rest)));
  else
    return 0;
}

#endif

// Short vectors, as pixels often have few channels.
template <class Element>
HWY_INLINE void swap(Element* a, Element* b, std::size_t count) {
  const hn::CappedTag<Element, 16 / sizeof(Element)> tag;
  std::size_t i = 0;
  for (; i + hn::Lanes(tag) <= count; i += hn::Lanes(tag)) {
    const auto from_a = hn::LoadU(tag, a + i), from_b = hn::LoadU(tag, b + i);
    hn::StoreU(from_b, tag, a + i);
    hn::StoreU(from_a, tag, b + i);
  }
  for (; i < count; ++i) std::swap(a[i], b[i]);
}

template <class Element>
void exchange_pixels(std::span<const Pixel> pixels, BorderedMaps<Element>& map,
                     BorderedMaps<Element>& fresh, MapChanges& changes) {
  const auto channels = static_cast<std::size_t>(map.shape().channels);
  for (const auto at : pixels) {
    auto* before = map.pixel(0, at.row, at.column);
    auto* after = fresh.pixel(0, at.row, at.column);
    const auto first = changes.terms();
    const auto sum =
        add_differences(before, after, channels, at.column * changes.groups(), changes);
    if (changes.terms() == first) continue;
    changes.add_pixel(at, sum);
    swap(before, after, channels);
  }
  changes.finish();
}

template <class Element>
void restore_pixels(const MapChanges& changes, BorderedMaps<Element>& map,
                    BorderedMaps<Element>& fresh) {
  const auto channels = static_cast<std::size_t>(map.shape().channels);
  for (const auto& pixel : changes.pixels())
    swap(map.pixel(0, pixel.row, pixel.column), fresh.pixel(0, pixel.row, pixel.column), channels);
}

void exchange_bytes(std::span<const Pixel> pixels, BorderedMaps<std::uint8_t>& map,
                    BorderedMaps<std::uint8_t>& fresh, MapChanges& changes) {
  exchange_pixels(pixels, map, fresh, changes);
}
void exchange_shorts(std::span<const Pixel> pixels, BorderedMaps<std::int16_t>& map,
                     BorderedMaps<std::int16_t>& fresh, MapChanges& changes) {
  exchange_pixels(pixels, map, fresh, changes);
}

void restore_bytes(const MapChanges& changes, BorderedMaps<std::uint8_t>& map,
                   BorderedMaps<std::uint8_t>& fresh) {
  restore_pixels(changes, map, fresh);
}
void restore_shorts(const MapChanges& changes, BorderedMaps<std::int16_t>& map,
                    BorderedMaps<std::int16_t>& fresh) {
  restore_pixels(changes, map, fresh);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(exchange_bytes);
HWY_EXPORT(exchange_shorts);
HWY_EXPORT(restore_bytes);
HWY_EXPORT(restore_shorts);

std::size_t pixels_of(const MapShape& shape) {
  return static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width);
}

int groups_of(const MapShape& shape, std::size_t element_size) {
  const int steps = static_cast<int>(sizeof(std::int32_t) / element_size);
  return (shape.channels + steps - 1) / steps;
}

std::size_t most_terms(const MapShape& shape, std::size_t element_size) {
  const auto groups = static_cast<std::size_t>(groups_of(shape, element_size));
  return pixels_of(shape) * groups * kMostParts + kVectorSlack;
}

// Memory that is not touched before it is used.
template <class Value>
std::unique_ptr<Value[]> make_array(std::size_t size) {
  return std::make_unique_for_overwrite<Value[]>(size);
}

}  // namespace

MapChanges::MapChanges(const MapShape& shape, std::size_t element_size)
    : width_(static_cast<std::size_t>(shape.width)),
      groups_(groups_of(shape, element_size)),
      pixels_(make_array<Pixel>(pixels_of(shape))),
      differences_(make_array<std::int32_t>(most_terms(shape, element_size))),
      places_(make_array<std::int32_t>(most_terms(shape, element_size))),
      before_(make_array<TermsBefore>(static_cast<std::size_t>(shape.height) * (width_ + 1))) {}

void MapChanges::begin(int row) {
  top_ = row;
  next_ = place(row, 0);
  before_terms_ = {0, 0};
}

void MapChanges::finish() {
  if (count_ == 0) return;
  bottom_ = pixels_[count_ - 1].row;
  fill(place(bottom_, 0) + width_);
}

template <>
void exchange(std::span<const Pixel> pixels, BorderedMaps<std::uint8_t>& map,
              BorderedMaps<std::uint8_t>& fresh, MapChanges& changes) {
  HWY_DYNAMIC_DISPATCH(exchange_bytes)(pixels, map, fresh, changes);
}
template <>
void exchange(std::span<const Pixel> pixels, BorderedMaps<std::int16_t>& map,
              BorderedMaps<std::int16_t>& fresh, MapChanges& changes) {
  HWY_DYNAMIC_DISPATCH(exchange_shorts)(pixels, map, fresh, changes);
}

template <>
void restore(const MapChanges& changes, BorderedMaps<std::uint8_t>& map,
             BorderedMaps<std::uint8_t>& fresh) {
  HWY_DYNAMIC_DISPATCH(restore_bytes)(changes, map, fresh);
}
template <>
void restore(const MapChanges& changes, BorderedMaps<std::int16_t>& map,
             BorderedMaps<std::int16_t>& fresh) {
  HWY_DYNAMIC_DISPATCH(restore_shorts)(changes, map, fresh);
}

}  // namespace citrine
#endif
