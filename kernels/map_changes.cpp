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

template <class Element>
void find_pixels(std::span<const Pixel> pixels, const BorderedMaps<Element>& before,
                 const BorderedMaps<Element>& after, MapChanges& changes) {
  const hn::ScalableTag<Element> tag;
  const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(tag));
  const std::ptrdiff_t channels = after.shape().channels;
  const auto row_elements = after.shape().row_elements();
  const auto whole = (channels - 1) / lanes * lanes;
  const auto rest = hn::FirstN(tag, static_cast<std::size_t>(channels - whole));
  const auto* old = before.pixel(0, 0, 0);
  const auto* now = after.pixel(0, 0, 0);
  auto* next = changes.next_pixels();
  std::size_t elements = 0;
  for (const auto at : pixels) {
    const auto place = at.row * row_elements + at.column * channels;
    const auto differ = [&](std::ptrdiff_t i) {
      return hn::Ne(hn::LoadU(tag, old + place + i), hn::LoadU(tag, now + place + i));
    };
    auto count = hn::CountTrue(tag, hn::And(differ(whole), rest));
    for (std::ptrdiff_t i = 0; i < whole; i += lanes) count += hn::CountTrue(tag, differ(i));
    *next = at;
    next += count > 0 ? 1 : 0;
    elements += count;
  }
  changes.add_pixels(next, elements);
}

template <class Element>
void find_differences(const BorderedMaps<Element>& before, const BorderedMaps<Element>& after,
                      MapChanges& changes) {
  const auto channels = static_cast<std::size_t>(after.shape().channels);
  changes.begin_terms();
  for (const auto at : changes.pixels()) {
    changes.begin_pixel(at);
    changes.add_sum(add_differences(before.pixel(0, at.row, at.column),
                                    after.pixel(0, at.row, at.column), channels,
                                    at.column * changes.groups(), changes));
  }
  changes.finish_terms();
}

// Whole vectors: what lies behind a pixel is as it was, or to be restored too.
template <class Element>
void restore_pixels(const MapChanges& changes, const BorderedMaps<Element>& before,
                    BorderedMaps<Element>& map) {
  const auto channels = static_cast<std::size_t>(map.shape().channels);
  for (const auto& at : changes.pixels())
    copy_vectors(before.pixel(0, at.row, at.column), channels, map.pixel(0, at.row, at.column));
}

void find_pixels_bytes(std::span<const Pixel> pixels, const BorderedMaps<std::uint8_t>& before,
                       const BorderedMaps<std::uint8_t>& after, MapChanges& changes) {
  find_pixels(pixels, before, after, changes);
}
void find_pixels_shorts(std::span<const Pixel> pixels, const BorderedMaps<std::int16_t>& before,
                        const BorderedMaps<std::int16_t>& after, MapChanges& changes) {
  find_pixels(pixels, before, after, changes);
}

void find_terms_bytes(const BorderedMaps<std::uint8_t>& before,
                      const BorderedMaps<std::uint8_t>& after, MapChanges& changes) {
  find_differences(before, after, changes);
}
void find_terms_shorts(const BorderedMaps<std::int16_t>& before,
                       const BorderedMaps<std::int16_t>& after, MapChanges& changes) {
  find_differences(before, after, changes);
}

void restore_bytes(const MapChanges& changes, const BorderedMaps<std::uint8_t>& before,
                   BorderedMaps<std::uint8_t>& map) {
  restore_pixels(changes, before, map);
}
void restore_shorts(const MapChanges& changes, const BorderedMaps<std::int16_t>& before,
                    BorderedMaps<std::int16_t>& map) {
  restore_pixels(changes, before, map);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(find_pixels_bytes);
HWY_EXPORT(find_pixels_shorts);
HWY_EXPORT(find_terms_bytes);
HWY_EXPORT(find_terms_shorts);
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
      pixels_(make_array<Pixel>(pixels_of(shape) + 1)),
      differences_(make_array<std::int32_t>(most_terms(shape, element_size))),
      places_(make_array<std::int32_t>(most_terms(shape, element_size))),
      before_(make_array<TermsBefore>(static_cast<std::size_t>(shape.height) * (width_ + 1))) {}

void MapChanges::begin_terms() {
  terms_ = 0;
  before_terms_ = {0, 0};
  next_ = is_empty() ? 0 : place(top(), 0);
}

void MapChanges::finish_terms() {
  if (!is_empty()) fill(place(bottom(), 0) + width_);
  has_terms_ = true;
}

template <>
void find_changes(std::span<const Pixel> pixels, const BorderedMaps<std::uint8_t>& before,
                  const BorderedMaps<std::uint8_t>& after, MapChanges& changes) {
  HWY_DYNAMIC_DISPATCH(find_pixels_bytes)(pixels, before, after, changes);
}
template <>
void find_changes(std::span<const Pixel> pixels, const BorderedMaps<std::int16_t>& before,
                  const BorderedMaps<std::int16_t>& after, MapChanges& changes) {
  HWY_DYNAMIC_DISPATCH(find_pixels_shorts)(pixels, before, after, changes);
}

template <>
void find_terms(const BorderedMaps<std::uint8_t>& before, const BorderedMaps<std::uint8_t>& after,
                MapChanges& changes) {
  HWY_DYNAMIC_DISPATCH(find_terms_bytes)(before, after, changes);
}
template <>
void find_terms(const BorderedMaps<std::int16_t>& before, const BorderedMaps<std::int16_t>& after,
                MapChanges& changes) {
  HWY_DYNAMIC_DISPATCH(find_terms_shorts)(before, after, changes);
}

template <>
void restore(const MapChanges& changes, const BorderedMaps<std::uint8_t>& before,
             BorderedMaps<std::uint8_t>& map) {
  HWY_DYNAMIC_DISPATCH(restore_bytes)(changes, before, map);
}
template <>
void restore(const MapChanges& changes, const BorderedMaps<std::int16_t>& before,
             BorderedMaps<std::int16_t>& map) {
  HWY_DYNAMIC_DISPATCH(restore_shorts)(changes, before, map);
}

}  // namespace citrine
#endif
