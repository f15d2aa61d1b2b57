// The SIMD bodies of PackedConvolution for some pixels.
#include <algorithm>
#include <numeric>
#include <span>

#include "kernels/packed_convolution.h"
#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/window_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd/depthwise.h"
#include "kernels/simd/dot_product.h"
#include "kernels/simd/sinks.h"
#include "kernels/simd/window_tiles.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

std::size_t lanes() { return hn::Lanes(Int32()); }

// What pixels see, one window behind the other.
template <class Element>
void gather(const PackedConvolution<Element>& convolution, const BorderedMaps<Element>& input,
            const Part& part, Element* windows) {
  const auto& shape = convolution.shape();
  const auto run = convolution.run_steps();
  const auto row_elements = input.shape().row_elements();
  const auto pitch = convolution.window_steps();
  const auto* first = input.pixel(part.image, -shape.padding, -shape.padding);
  const std::ptrdiff_t row_step = shape.stride * row_elements;
  const std::ptrdiff_t column_step = std::ptrdiff_t{shape.stride} * shape.channels;
  for (const auto& at : part.pixels) {
    const auto* from = first + at.row * row_step + at.column * column_step;
    auto* to = windows;
    for (int row = 0; row < shape.kernel; ++row, from += row_elements, to += run)
      copy_vectors(from, run, to);
    windows += pitch;
  }
}

// From a window's steps and sums, and from a vector's weights, to the next one's.
struct Pitches {
  std::size_t steps, filters, weights;
};

// Sums of four windows for some vectors of filters.
template <int kVectors, class Element>
HWY_INLINE void multiply_four(const Element* windows, const PackedWeight<Element>* weights,
                              std::size_t dots, const Pitches& pitches, std::int32_t* sums) {
  using Dot = DotProduct<Element>;
  constexpr std::size_t kSteps = PackedConvolution<Element>::kDotSteps;
  Sum all[4][kVectors], rests[4][kVectors];
  HWY_UNROLL(4) for (int p = 0; p < 4; ++p) {
    HWY_UNROLL(4) for (int v = 0; v < kVectors; ++v) {
      all[p][v] = rests[p][v] = hn::Zero(Int32());
    }
  }
  for (std::size_t dot = 0; dot < dots; ++dot) {
    typename Dot::Operand w[kVectors];
    HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) {
      w[v] = Dot::second(load_lanes(weights + v * pitches.weights + dot * kSteps * lanes()));
    }
    HWY_UNROLL(4) for (std::size_t p = 0; p < 4; ++p) {
      const auto x = Dot::first(broadcast(windows + p * pitches.steps + dot * kSteps));
      HWY_UNROLL(4) for (int v = 0; v < kVectors; ++v) {
        Dot::add(x, w[v], all[p][v], rests[p][v]);
      }
    }
  }
  HWY_UNROLL(4) for (std::size_t p = 0; p < 4; ++p) {
    HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) {
      hn::StoreU(total(all[p][v], rests[p][v]), Int32(), sums + p * pitches.filters + v * lanes());
    }
  }
}

template <class Element>
void multiply_windows(const PackedConvolution<Element>& convolution, const Element* windows,
                      std::size_t count, std::int32_t* sums) {
  const Pitches pitches{convolution.window_steps(), convolution.window_filters(),
                        convolution.vector_weights()};
  const auto dots = convolution.offsets().size();
  const auto vectors = pitches.filters / lanes();
  const auto* weights = convolution.weights().data();
  const auto multiply = [&]<int kVectors>(std::integral_constant<int, kVectors>, std::size_t v) {
    for (std::size_t p = 0; p < count; p += 4)
      multiply_four<kVectors>(windows + p * pitches.steps, weights + v * pitches.weights, dots,
                              pitches, sums + p * pitches.filters + v * lanes());
  };
  std::size_t v = 0;
#if HWY_CAP_GE512
  for (; v + 4 <= vectors; v += 4) multiply(std::integral_constant<int, 4>(), v);
#endif
  for (; v + 2 <= vectors; v += 2) multiply(std::integral_constant<int, 2>(), v);
  if (v < vectors) multiply(std::integral_constant<int, 1>(), v);
}

// For some vectors of filters, `first` on.
template <int kVectors, class Element, class Sink>
void put_block(const PackedConvolution<Element>& convolution, const Part& part,
               const std::int32_t* sums, std::size_t first, const Sink& sink) {
  const auto count = static_cast<std::size_t>(convolution.shape().filters) - first;
  const auto pitch = convolution.window_filters();
  const auto places = sink.places(part.image);
  const auto stored = filters_of<kVectors>(sink, first);
  const auto load_all = [](const std::int32_t* from, Sum(&all)[kVectors]) {
    HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) all[v] = load(from + v * lanes());
  };
  Sum biases[kVectors], all[kVectors];
  load_all(convolution.bias().data() + first, biases);
  for (std::size_t p = 0; p < part.pixels.size(); ++p) {
    load_all(sums + part.rows[p] * pitch + first, all);
    HWY_UNROLL(4) for (int v = 0; v < kVectors; ++v) all[v] = hn::Add(all[v], biases[v]);
    const auto& at = part.pixels[p];
    put_vectors(sink, all, stored, places(at.row, at.column), first, count);
  }
}

template <class Element, class Sink>
void put(const PackedConvolution<Element>& convolution, const Part& part, const std::int32_t* sums,
         const Sink& sink) {
  const auto all = convolution.window_filters() / lanes();
  for (std::size_t vector = 0; vector < all;) {
    const auto vectors = block_vectors(all - vector);
    const auto first = vector * lanes();
    if (vectors == 4) put_block<4>(convolution, part, sums, first, sink);
    if (vectors == 2) put_block<2>(convolution, part, sums, first, sink);
    if (vectors == 1) put_block<1>(convolution, part, sums, first, sink);
    vector += vectors;
  }
}

#if HWY_TARGET == HWY_AVX3_DL

template <class Sink>
void convolve_in_map(const PackedConvolution<std::uint8_t>& convolution,
                     const BorderedMaps<std::uint8_t>& input, int image,
                     std::span<const Pixel> pixels, std::int32_t* sums, const Sink& sink) {
  const MapWindows windows(convolution.shape(), input, image);
  while (!pixels.empty()) {
    WindowTiles tiles;
    const auto part = windows.next(pixels, tiles);
    multiply_tiles(convolution, tiles, sums);
    put(convolution, part, sums, sink);
  }
}

void multiply_gathered(const PackedConvolution<std::uint8_t>& convolution,
                       const std::uint8_t* windows, std::size_t count, std::int32_t* sums) {
  if (!convolution.fits_tiles()) return multiply_windows(convolution, windows, count, sums);
  const auto steps = convolution.window_steps();
  WindowTiles tiles{.step = static_cast<std::ptrdiff_t>(steps),
                    .row_step = 0,
                    .rows = 1,
                    .row_blocks = steps / kTileRowBytes};
  for (std::size_t first = 0; first < count; first += kTileRows)
    tiles.first[tiles.count++] = windows + first * steps;
  multiply_tiles(convolution, tiles, sums);
}

#endif

template <class Element>
void multiply_gathered(const PackedConvolution<Element>& convolution, const Element* windows,
                       std::size_t count, std::int32_t* sums) {
  multiply_windows(convolution, windows, count, sums);
}

template <class Element, class Sink>
void convolve_gathered(const PackedConvolution<Element>& convolution,
                       const BorderedMaps<Element>& input, int image, std::span<const Pixel> pixels,
                       std::int32_t* memory, const Sink& sink) {
  constexpr auto kGathered = PackedConvolution<Element>::kGathered;
  auto* sums = memory;
  auto* windows = reinterpret_cast<Element*>(memory + kGathered * convolution.window_filters());
  Part part{.image = image, .pixels = {}, .rows = {}};
  std::iota(part.rows.begin(), part.rows.end(), std::uint8_t{0});
  while (!pixels.empty()) {
    part.pixels = pixels.first(std::min(pixels.size(), kGathered));
    gather(convolution, input, part, windows);
    multiply_gathered(convolution, windows, part.pixels.size(), sums);
    put(convolution, part, sums, sink);
    pixels = pixels.subspan(part.pixels.size());
  }
}

template <class Element, class Sink>
void convolve_depthwise(const PackedConvolution<Element>& convolution,
                        const BorderedMaps<Element>& input, int image,
                        std::span<const Pixel> pixels, const Sink& sink) {
  const auto& shape = convolution.shape();
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto places = sink.places(image);
  for (std::size_t first = 0; first < channels; first += lanes()) {
    const auto filters = sink.filters(first);
    for (const auto& at : pixels) {
      const auto* window = input.pixel(image, at.row * shape.stride - shape.padding,
                                       at.column * shape.stride - shape.padding);
      sink.put(convolve_channels(convolution, window, first), filters, places(at.row, at.column),
               first, channels - first);
    }
  }
}

template <class Element, class Sink>
void convolve(const PackedConvolution<Element>& convolution, const BorderedMaps<Element>& input,
              int image, std::span<const Pixel> pixels, std::int32_t* memory, const Sink& sink) {
  if (convolution.is_depthwise())
    return convolve_depthwise(convolution, input, image, pixels, sink);
#if HWY_TARGET == HWY_AVX3_DL
  if constexpr (sizeof(Element) == 1)
    if (MapWindows::fit(convolution, input))
      return convolve_in_map(convolution, input, image, pixels, memory, sink);
#endif
  convolve_gathered(convolution, input, image, pixels, memory, sink);
}

template <class Element>
void store_any(const PackedConvolution<Element>& convolution, const BorderedMaps<Element>& input,
               int image, std::span<const Pixel> pixels, const Store<Element>& to,
               std::int32_t* memory) {
  with_sink(convolution.shape(), to,
            [&](const auto& sink) { convolve(convolution, input, image, pixels, memory, sink); });
}

void store_bytes(const PackedConvolution<std::uint8_t>& convolution,
                 const BorderedMaps<std::uint8_t>& input, int image, std::span<const Pixel> pixels,
                 const Store<std::uint8_t>& to, std::int32_t* memory) {
  store_any(convolution, input, image, pixels, to, memory);
}
void store_shorts(const PackedConvolution<std::int16_t>& convolution,
                  const BorderedMaps<std::int16_t>& input, int image, std::span<const Pixel> pixels,
                  const Store<std::int16_t>& to, std::int32_t* memory) {
  store_any(convolution, input, image, pixels, to, memory);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(store_bytes);
HWY_EXPORT(store_shorts);

}  // namespace

template <>
void PackedConvolution<std::uint8_t>::store(const BorderedMaps<std::uint8_t>& input, int image,
                                            std::span<const Pixel> pixels,
                                            const Store<std::uint8_t>& to,
                                            std::int32_t* memory) const {
  HWY_DYNAMIC_DISPATCH(store_bytes)(*this, input, image, pixels, to, memory);
}
template <>
void PackedConvolution<std::int16_t>::store(const BorderedMaps<std::int16_t>& input, int image,
                                            std::span<const Pixel> pixels,
                                            const Store<std::int16_t>& to,
                                            std::int32_t* memory) const {
  HWY_DYNAMIC_DISPATCH(store_shorts)(*this, input, image, pixels, to, memory);
}

}  // namespace citrine
#endif
