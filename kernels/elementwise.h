#pragma once
// Layers without weights on bordered maps, requantized, at pixels `at` of the output; the
// requantization's scales are of the output's channels, or for `copy` of the input's.
#include <cstdint>
#include <span>

#include "kernels/bordered_maps.h"
#include "kernels/convolution.h"
#include "kernels/pixels.h"
#include "kernels/requantization.h"

namespace citrine {

template <class Element>
struct Addend {
  const BorderedMaps<Element>& map;  // of the output's size
  const ChannelScales& scale;
};

// The sum of scaled addends, wrapped to 32 bits.
template <class Element>
void add(std::span<const Addend<Element>> addends, const Pixels& at,
         const Requantization<Element>& how, BorderedMaps<Element>& output);

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
