#include "kernels/requantization_cases.h"

#include <algorithm>

#include "kernels/bits.h"
#include "kernels/fixed_point.h"

namespace citrine {
namespace {

int drawn(Key key, std::uint64_t index, int low, int high) {
  return low +
         static_cast<int>(uniform_below(key, index, static_cast<std::uint64_t>(high - low + 1)));
}

template <class Element>
constexpr bool kIsByte = sizeof(Element) == 1;

std::int32_t stored_integer(std::int32_t value, bool has_gaps) {
  return has_gaps ? value / 2 * 2 : value;
}

}  // namespace

std::int64_t ScaleCase::operator()(std::size_t channel, std::int64_t value) const {
  const std::size_t at = shifts.size() == 1 ? 0 : channel % shifts.size();
  return round_shift(value * multipliers[at], shifts[at]);
}

ScaleCase random_scales(Key key, int channels) {
  ScaleCase result;
  const int kind = drawn(key, 0, 0, 4);
  const int count = drawn(key, 1, 0, 1) == 0 ? 1 : channels;
  for (int i = 0; i < count; ++i) {
    const Key own = split(key, static_cast<std::uint64_t>(i) + 2);
    const bool is_shift = kind < 3 || (kind == 3 && drawn(own, 0, 0, 1) == 0);
    const int low = kind == 0 ? -8 : kind == 1 ? 2 : -3;
    const int high = kind == 0 ? 0 : drawn(own, 1, 0, 9) == 0 ? 62 : 16;
    result.multipliers.push_back(is_shift ? 1 : drawn(own, 2, 1, INT32_MAX - 1));
    result.shifts.push_back(is_shift ? drawn(own, 3, low, high) : drawn(own, 4, 0, 50));
  }
  return result;
}

template <class Element>
Requantization<Element> RequantizationCase<Element>::requantization() const {
  Requantization<Element> result{.scales = scales.scales(channels),
                                 .residual_scales = residual_scales.scales(channels),
                                 .low = low,
                                 .high = high,
                                 .zero = kIsByte<Element> && low < 0 ? 128 : 0,
                                 .table = {},
                                 .sum_bits = sum_bits};
  for (std::int32_t value = low; has_gaps && value <= high; ++value)
    result.table.push_back(static_cast<Element>(stored_integer(value, true) + result.zero));
  return result;
}

template <class Element>
RequantizationCase<Element> random_requantization(Key key, int channels) {
  const bool is_signed = drawn(key, 0, 0, 1) == 1;
  const int bits = kIsByte<Element> ? 8 : 15;
  return {.channels = channels,
          .scales = random_scales(split(key, "scales"), channels),
          .residual_scales = random_scales(split(key, "residual"), channels),
          .low = is_signed ? -(1 << (bits - 1)) : drawn(key, 1, 0, 3),
          .high = drawn(key, 2, 20, is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1),
          .has_gaps = drawn(key, 3, 0, 3) == 0};
}

template <class Element>
std::vector<std::int16_t> requantized(const RequantizationCase<Element>& how,
                                      const std::vector<std::int32_t>& sums) {
  std::vector<std::int16_t> result;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto scaled =
        how.scales(i % static_cast<std::size_t>(how.channels), wrap(sums[i], how.sum_bits, true));
    result.push_back(
        static_cast<std::int16_t>(stored_integer(clamp(scaled, how.low, how.high), how.has_gaps)));
  }
  return result;
}

template <class Element>
std::vector<std::int32_t> with_residual(const RequantizationCase<Element>& how,
                                        std::vector<std::int32_t> sums,
                                        const BorderedMaps<Element>& residual) {
  const auto integers = integers_of(residual);
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] =
        wrap(sums[i] + how.residual_scales(i % static_cast<std::size_t>(how.channels), integers[i]),
             32, true);
  return sums;
}

template <class Element>
BorderedMaps<Element> random_maps(Key key, const MapShape& shape) {
  const bool is_signed = drawn(key, 0, 0, 1) == 1;
  const int bits = kIsByte<Element> ? 8 : 15;
  std::vector<std::int16_t> integers(static_cast<std::size_t>(
      std::int64_t{shape.images} * shape.height * shape.width * shape.channels));
  for (std::size_t i = 0; i < integers.size(); ++i)
    integers[i] = static_cast<std::int16_t>(drawn(key, i + 1, 0, (1 << bits) - 1) -
                                            (is_signed ? 1 << (bits - 1) : 0));
  BorderedMaps<Element> maps(shape, kIsByte<Element> && is_signed ? 128 : 0);
  maps.load(integers.data(), shape.images);
  return maps;
}

template <class Element>
std::vector<std::int16_t> integers_of(const BorderedMaps<Element>& maps) {
  const auto& shape = maps.shape();
  std::vector<std::int16_t> result;
  for (int image = 0; image < shape.images; ++image)
    for (int row = 0; row < shape.height; ++row)
      for (int i = 0; i < shape.width * shape.channels; ++i)
        result.push_back(static_cast<std::int16_t>(maps.pixel(image, row, 0)[i] - maps.zero()));
  return result;
}

template <class Element>
bool is_border_zero(const BorderedMaps<Element>& maps) {
  const auto& shape = maps.shape();
  const auto is_inside = [](int at, int size) { return at >= 0 && at < size; };
  for (int image = 0; image < shape.images; ++image)
    for (int row = -shape.border; row < shape.height + shape.border; ++row)
      for (int column = -shape.border; column < shape.width + shape.border; ++column) {
        if (is_inside(row, shape.height) && is_inside(column, shape.width)) continue;
        const auto* pixel = maps.pixel(image, row, column);
        if (!std::all_of(pixel, pixel + shape.channels, [&](int e) { return e == maps.zero(); }))
          return false;
      }
  return true;
}

template struct RequantizationCase<std::uint8_t>;
template struct RequantizationCase<std::int16_t>;
template RequantizationCase<std::uint8_t> random_requantization(Key, int);
template RequantizationCase<std::int16_t> random_requantization(Key, int);
template std::vector<std::int16_t> requantized(const RequantizationCase<std::uint8_t>&,
                                               const std::vector<std::int32_t>&);
template std::vector<std::int16_t> requantized(const RequantizationCase<std::int16_t>&,
                                               const std::vector<std::int32_t>&);
template std::vector<std::int32_t> with_residual(const RequantizationCase<std::uint8_t>&,
                                                 std::vector<std::int32_t>,
                                                 const BorderedMaps<std::uint8_t>&);
template std::vector<std::int32_t> with_residual(const RequantizationCase<std::int16_t>&,
                                                 std::vector<std::int32_t>,
                                                 const BorderedMaps<std::int16_t>&);
template BorderedMaps<std::uint8_t> random_maps(Key, const MapShape&);
template BorderedMaps<std::int16_t> random_maps(Key, const MapShape&);
template std::vector<std::int16_t> integers_of(const BorderedMaps<std::uint8_t>&);
template std::vector<std::int16_t> integers_of(const BorderedMaps<std::int16_t>&);
template bool is_border_zero(const BorderedMaps<std::uint8_t>&);
template bool is_border_zero(const BorderedMaps<std::int16_t>&);

}  // namespace citrine
