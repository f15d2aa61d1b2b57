#pragma once
// Random requantizations and maps, and a reference for both in 64 bits.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/bordered_maps.h"
#include "kernels/random.h"
#include "kernels/requantization.h"

namespace citrine {

// Multipliers and shifts, one or one a channel.
struct ScaleCase {
  std::vector<std::int32_t> multipliers, shifts;

  ChannelScales scales(int channels) const { return {multipliers, shifts, channels}; }
  std::int64_t operator()(std::size_t channel, std::int64_t value) const;
};
// Multiples, shifts, or anything that a network may have, for values of up to 32 bits.
ScaleCase random_scales(Key key, int channels);

template <class Element>
struct RequantizationCase {
  int channels;
  ScaleCase scales, residual_scales;
  std::int32_t low, high;
  bool has_gaps;      // are even integers stored alone?
  int sum_bits = 32;  // of a convolution's register

  Requantization<Element> requantization() const;
};
template <class Element>
RequantizationCase<Element> random_requantization(Key key, int channels);

// What is stored for sums [..., channel].
template <class Element>
std::vector<std::int16_t> requantized(const RequantizationCase<Element>& how,
                                      const std::vector<std::int32_t>& sums);
// Sums with their scaled residuals added.
template <class Element>
std::vector<std::int32_t> with_residual(const RequantizationCase<Element>& how,
                                        std::vector<std::int32_t> sums,
                                        const BorderedMaps<Element>& residual);

template <class Element>
BorderedMaps<Element> random_maps(Key key, const MapShape& shape);
// [image, height, width, channels], without the border.
template <class Element>
std::vector<std::int16_t> integers_of(const BorderedMaps<Element>& maps);
template <class Element>
bool is_border_zero(const BorderedMaps<Element>& maps);

}  // namespace citrine
