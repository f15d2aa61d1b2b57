#pragma once
// Layers without weights on bordered maps, requantized, at pixels `at` of the output; the
// requantization's scales are of the output's channels, or for `copy` of the input's.
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/bordered_maps.h"
#include "kernels/convolution.h"
#include "kernels/pixels.h"
#include "kernels/requantization.h"

namespace citrine {

// The sum of scaled addends, wrapped to 32 bits: addend i is maps[inputs[i]] in scales[i].
template <class Element>
struct Addition {
  std::span<const BorderedMaps<Element>> maps;  // those of the addends have the output's size
  std::span<const std::size_t> inputs;
  std::span<const ChannelScales> scales;
};
template <class Element>
void add(const Addition<Element>& from, const Pixels& at, const Requantization<Element>& how,
         BorderedMaps<Element>& output);

// Every `stride`-th pixel of a map; its channels become those from `first` on.
template <class Element>
struct Copy {
  const BorderedMaps<Element>& input;
  int stride = 1;
  int first = 0;
};
template <class Element>
void copy(const Copy<Element>& from, const Pixels& at, const Requantization<Element>& how,
          BorderedMaps<Element>& output);

// Kernel, stride and padding of `window` over the input. A maximum is that of the taps within the
// map; an average counts the others as 0.
template <class Element>
struct Pool {
  const BorderedMaps<Element>& input;
  const ConvolutionShape& window;
  bool is_average;
};
template <class Element>
void pool(const Pool<Element>& from, const Pixels& at, const Requantization<Element>& how,
          BorderedMaps<Element>& output);

}  // namespace citrine
