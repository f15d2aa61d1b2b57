#include "kernels/elementwise.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/elementwise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd/requantize.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

struct Place {
  int image, row, column;
};

// Calls visit(place) for all pixels.
template <class Visit>
void visit_pixels(const MapShape& shape, const Pixels& pixels, const Visit& visit) {
  for (int image = 0; image < pixels.images; ++image)
    for (int row = 0; row < shape.height; ++row)
      for (int column = 0; column < shape.width; ++column) visit(Place{image, row, column});
  for (const auto& pixel : pixels.some) visit(Place{0, pixel.row, pixel.column});
}

// Calls visit(first channel, count) for vectors of channels; of the last one, more are read.
template <class Visit>
void visit_vectors(int channels, const Visit& visit) {
  const auto count = static_cast<std::size_t>(channels);
  for (std::size_t first = 0; first < count; first += hn::Lanes(Int32()))
    visit(first, count - first);
}

template <class Element>
HWY_INLINE Sum load_integers(const Element* from, std::int32_t zero) {
  return hn::Sub(load(from), hn::Set(Int32(), zero));
}

template <class Element>
void add_all(const Addition<Element>& from, const Pixels& pixels,
             const Requantization<Element>& how, BorderedMaps<Element>& output) {
  visit_vectors(output.shape().channels, [&](std::size_t first, std::size_t count) HWY_ATTR {
    const Requantizer<Element> requantizer(how, first);
    visit_pixels(output.shape(), pixels, [&](const Place& at) HWY_ATTR {
      auto sum = hn::Zero(Int32());
      for (std::size_t i = 0; i < from.inputs.size(); ++i) {
        const auto& map = from.maps[from.inputs[i]];
        const auto* addend = map.pixel(at.image, at.row, at.column) + first;
        sum = hn::Add(sum, Scaler(from.scales[i], first)(load_integers(addend, map.zero())));
      }
      requantizer.store(sum, output.pixel(at.image, at.row, at.column) + first, count);
    });
  });
}

template <class Element>
void copy_pixels(const Copy<Element>& from, const Pixels& pixels,
                 const Requantization<Element>& how, BorderedMaps<Element>& output) {
  const auto& input = from.input;
  visit_vectors(input.shape().channels, [&](std::size_t first, std::size_t count) HWY_ATTR {
    const Requantizer<Element> requantizer(how, first);
    visit_pixels(output.shape(), pixels, [&](const Place& at) HWY_ATTR {
      const auto* source = input.pixel(at.image, at.row * from.stride, at.column * from.stride);
      auto* to = output.pixel(at.image, at.row, at.column) + from.first;
      requantizer.store(load_integers(source + first, input.zero()), to + first, count);
    });
  });
}

// Taps of an axis that lie within the map: [first, last).
struct Taps {
  Taps(int output, int extent, const ConvolutionShape& window)
      : first(std::max(output * window.stride - window.padding, 0)),
        last(std::min(output * window.stride - window.padding + window.kernel, extent)) {}
  int first, last;
};

// The sum or the maximum of channels [first, first + lanes) of a window.
template <class Element>
HWY_INLINE Sum pool_window(const Pool<Element>& from, const Place& at, std::size_t first) {
  const Taps rows(at.row, from.window.height, from.window);
  const Taps columns(at.column, from.window.width, from.window);
  auto result = hn::Set(Int32(), from.is_average ? 0 : INT16_MIN);
  for (int row = rows.first; row < rows.last; ++row)
    for (int column = columns.first; column < columns.last; ++column) {
      const auto* tap = from.input.pixel(at.image, row, column) + first;
      const auto integers = load_integers(tap, from.input.zero());
      result = from.is_average ? hn::Add(result, integers) : hn::Max(result, integers);
    }
  return result;
}

HWY_INLINE Sum average(Sum sum, std::int64_t taps) {
  if (taps > 1 && std::has_single_bit(static_cast<std::uint64_t>(taps))) {
    const int shift = std::countr_zero(static_cast<std::uint64_t>(taps));
    return hn::ShiftRight<1>(hn::Add(hn::ShiftRightSame(sum, shift - 1), hn::Set(Int32(), 1)));
  }
  std::int32_t lanes[kMostLanes];
  hn::StoreU(sum, Int32(), lanes);
  for (std::size_t i = 0; i < hn::Lanes(Int32()); ++i)
    lanes[i] = static_cast<std::int32_t>(round_divide(lanes[i], taps));
  return hn::LoadU(Int32(), lanes);
}

template <class Element>
void pool_windows(const Pool<Element>& from, const Pixels& pixels,
                  const Requantization<Element>& how, BorderedMaps<Element>& output) {
  const std::int64_t taps = std::int64_t{from.window.kernel} * from.window.kernel;
  visit_vectors(output.shape().channels, [&](std::size_t first, std::size_t count) HWY_ATTR {
    const Requantizer<Element> requantizer(how, first);
    visit_pixels(output.shape(), pixels, [&](const Place& at) HWY_ATTR {
      const auto result = pool_window(from, at, first);
      requantizer.store(from.is_average ? average(result, taps) : result,
                        output.pixel(at.image, at.row, at.column) + first, count);
    });
  });
}

void add_bytes(const Addition<std::uint8_t>& from, const Pixels& pixels,
               const Requantization<std::uint8_t>& how, BorderedMaps<std::uint8_t>& output) {
  add_all(from, pixels, how, output);
}
void add_shorts(const Addition<std::int16_t>& from, const Pixels& pixels,
                const Requantization<std::int16_t>& how, BorderedMaps<std::int16_t>& output) {
  add_all(from, pixels, how, output);
}
void copy_bytes(const Copy<std::uint8_t>& from, const Pixels& pixels,
                const Requantization<std::uint8_t>& how, BorderedMaps<std::uint8_t>& output) {
  copy_pixels(from, pixels, how, output);
}
void copy_shorts(const Copy<std::int16_t>& from, const Pixels& pixels,
                 const Requantization<std::int16_t>& how, BorderedMaps<std::int16_t>& output) {
  copy_pixels(from, pixels, how, output);
}
void pool_bytes(const Pool<std::uint8_t>& from, const Pixels& pixels,
                const Requantization<std::uint8_t>& how, BorderedMaps<std::uint8_t>& output) {
  pool_windows(from, pixels, how, output);
}
void pool_shorts(const Pool<std::int16_t>& from, const Pixels& pixels,
                 const Requantization<std::int16_t>& how, BorderedMaps<std::int16_t>& output) {
  pool_windows(from, pixels, how, output);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(add_bytes);
HWY_EXPORT(add_shorts);
HWY_EXPORT(copy_bytes);
HWY_EXPORT(copy_shorts);
HWY_EXPORT(pool_bytes);
HWY_EXPORT(pool_shorts);

}  // namespace

template <>
void add(const Addition<std::uint8_t>& from, const Pixels& pixels,
         const Requantization<std::uint8_t>& how, BorderedMaps<std::uint8_t>& output) {
  HWY_DYNAMIC_DISPATCH(add_bytes)(from, pixels, how, output);
}
template <>
void add(const Addition<std::int16_t>& from, const Pixels& pixels,
         const Requantization<std::int16_t>& how, BorderedMaps<std::int16_t>& output) {
  HWY_DYNAMIC_DISPATCH(add_shorts)(from, pixels, how, output);
}
template <>
void copy(const Copy<std::uint8_t>& from, const Pixels& pixels,
          const Requantization<std::uint8_t>& how, BorderedMaps<std::uint8_t>& output) {
  HWY_DYNAMIC_DISPATCH(copy_bytes)(from, pixels, how, output);
}
template <>
void copy(const Copy<std::int16_t>& from, const Pixels& pixels,
          const Requantization<std::int16_t>& how, BorderedMaps<std::int16_t>& output) {
  HWY_DYNAMIC_DISPATCH(copy_shorts)(from, pixels, how, output);
}
template <>
void pool(const Pool<std::uint8_t>& from, const Pixels& pixels,
          const Requantization<std::uint8_t>& how, BorderedMaps<std::uint8_t>& output) {
  HWY_DYNAMIC_DISPATCH(pool_bytes)(from, pixels, how, output);
}
template <>
void pool(const Pool<std::int16_t>& from, const Pixels& pixels,
          const Requantization<std::int16_t>& how, BorderedMaps<std::int16_t>& output) {
  HWY_DYNAMIC_DISPATCH(pool_shorts)(from, pixels, how, output);
}

}  // namespace citrine
#endif
