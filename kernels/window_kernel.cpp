// The SIMD bodies of PackedConvolution for some pixels.
#include <algorithm>
#include <array>
#include <span>

#include "kernels/packed_convolution.h"
#include "kernels/simd/targets.h"
#include "kernels/tiles.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/window_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd/dot_product.h"
#include "kernels/simd/sinks.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

std::size_t lanes() { return hn::Lanes(Int32()); }

// What pixels see, one window behind the other.
template <class Element>
void gather(const PackedConvolution<Element>& convolution, const BorderedMaps<Element>& input,
            std::span<const Pixel> pixels, Element* windows) {
  const auto& shape = convolution.shape();
  const auto run = convolution.run_steps();
  const auto row_elements = input.shape().row_elements();
  for (const auto& at : pixels) {
    const auto* from = input.pixel(0, at.row * shape.stride - shape.padding,
                                   at.column * shape.stride - shape.padding);
    for (int row = 0; row < shape.kernel; ++row, from += row_elements, windows += run)
      copy_vectors(from, run, windows);
  }
}

// Sums of four windows for one vector of filters.
template <class Element>
HWY_INLINE void multiply_four(const PackedConvolution<Element>& convolution, const Element* windows,
                              const PackedWeight<Element>* weights, const std::int32_t* bias,
                              std::int32_t* sums) {
  using Dot = DotProduct<Element>;
  constexpr std::size_t kSteps = PackedConvolution<Element>::kDotSteps;
  const auto pitch = convolution.window_steps();
  Sum all[4], rests[4];
  HWY_UNROLL(4) for (int p = 0; p < 4; ++p) {
    all[p] = load(bias);
    rests[p] = hn::Zero(Int32());
  }
  for (std::size_t dot = 0; dot < convolution.offsets().size(); ++dot) {
    const auto w = Dot::second(load_lanes(weights + dot * kSteps * lanes()));
    HWY_UNROLL(4) for (std::size_t p = 0; p < 4; ++p) {
      const auto x = Dot::first(broadcast(windows + p * pitch + dot * kSteps));
      Dot::add(x, w, all[p], rests[p]);
    }
  }
  HWY_UNROLL(4) for (std::size_t p = 0; p < 4; ++p) {
    hn::StoreU(total(all[p], rests[p]), Int32(), sums + p * convolution.window_filters());
  }
}

template <class Element>
void multiply_windows(const PackedConvolution<Element>& convolution, const Element* windows,
                      std::size_t count, std::int32_t* sums) {
  const auto vectors = convolution.window_filters() / lanes();
  const auto vector_weights =
      convolution.offsets().size() * PackedConvolution<Element>::kDotSteps * lanes();
  const auto* weights = convolution.weights().data();
  const auto* bias = convolution.bias().data();
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t p = 0; p < count; p += 4)
      multiply_four(convolution, windows + p * convolution.window_steps(),
                    weights + v * vector_weights, bias + v * lanes(),
                    sums + p * convolution.window_filters() + v * lanes());
}

template <class Sink>
void put_pixels(const std::int32_t* sums, std::size_t pitch, std::span<const Pixel> pixels,
                std::size_t filters, const Sink& sink) {
  const auto places = sink.places();
  for (std::size_t first = 0; first < filters; first += lanes()) {
    const auto stored = sink.filters(first);
    for (std::size_t p = 0; p < pixels.size(); ++p)
      sink.put(load(sums + p * pitch + first), stored, places(pixels[p].row, pixels[p].column),
               first, filters - first);
  }
}

template <class Element, class Sink>
void convolve_gathered(const PackedConvolution<Element>& convolution,
                       const BorderedMaps<Element>& input, std::span<const Pixel> pixels,
                       std::int32_t* memory, const Sink& sink) {
  constexpr auto kWindows = PackedConvolution<Element>::kWindows;
  auto* sums = memory;
  auto* windows = reinterpret_cast<Element*>(memory + kWindows * convolution.window_filters());
  const auto filters = static_cast<std::size_t>(convolution.shape().filters);
  while (!pixels.empty()) {
    const auto some = pixels.first(std::min(pixels.size(), kWindows));
    gather(convolution, input, some, windows);
    multiply_windows(convolution, windows, some.size(), sums);
    put_pixels(sums, convolution.window_filters(), some, filters, sink);
    pixels = pixels.subspan(some.size());
  }
}

#if HWY_TARGET == HWY_AVX3_DL

// Windows in the order of the map with its borders, all a pixel's stride apart: a tile sees 16 of
// them, also some between rows, of which nothing is kept.
class TileWindows {
 public:
  TileWindows(const ConvolutionShape& shape, const BorderedMaps<std::uint8_t>& input)
      : first_(input.pixel(0, -shape.padding, -shape.padding)),
        step_(std::ptrdiff_t{shape.stride} * shape.channels),
        row_windows_(input.shape().width + 2 * input.shape().border),
        last_(index({shape.out_height() - 1, shape.out_width() - 1}) - int{kTileRows} + 1) {}

  std::ptrdiff_t step() const { return step_; }
  int index(const Pixel& at) const { return at.row * row_windows_ + at.column; }
  // Of a tile that sees this window, and only what the map holds.
  int first_of_tile(int window) const { return std::min(window, last_); }
  const std::uint8_t* at(int window) const { return first_ + window * step_; }

 private:
  const std::uint8_t* first_;
  std::ptrdiff_t step_;
  int row_windows_, last_;
};

// Pixels that up to two tiles see, by up to two vectors of filters.
struct Part {
  std::span<const Pixel> pixels;
  std::array<std::uint8_t, 2 * kTileRows> rows{};  // by pixel: of its sums
  std::array<const std::uint8_t*, 2> windows{};
  std::size_t tiles = 0;
  std::size_t first_vector = 0, vectors = 0;
  std::int32_t* sums = nullptr;
};

Part next_part(const TileWindows& windows, std::span<const Pixel> pixels) {
  Part part;
  std::size_t count = 0;
  for (; part.tiles < 2 && count < pixels.size(); ++part.tiles) {
    const int first = windows.first_of_tile(windows.index(pixels[count]));
    part.windows[part.tiles] = windows.at(first);
    for (; count < pixels.size() && windows.index(pixels[count]) < first + int{kTileRows}; ++count)
      part.rows[count] = static_cast<std::uint8_t>(int(part.tiles * kTileRows) +
                                                   windows.index(pixels[count]) - first);
  }
  part.pixels = pixels.first(count);
  return part;
}

void multiply_part(const PackedConvolution<std::uint8_t>& convolution, const Part& part,
                   const TileWindows& windows, std::ptrdiff_t row_elements) {
  const auto& tiles = convolution.tiles();
  multiply({.windows = part.windows,
            .tiles = part.tiles,
            .step = windows.step(),
            .rows = static_cast<std::size_t>(convolution.shape().kernel),
            .row_step = row_elements,
            .row_blocks = tiles.row_blocks,
            .weights = tiles.weights.data() + part.first_vector * tiles.vector_weights,
            .vector_weights = tiles.vector_weights,
            .vectors = part.vectors,
            .bias = convolution.bias().data() + part.first_vector * kTileRows,
            .sums = part.sums});
}

template <class Sink>
void put_part(const Part& part, std::size_t filters, const Sink& sink) {
  const auto places = sink.places();
  for (std::size_t v = 0; v < part.vectors; ++v) {
    const auto first = (part.first_vector + v) * kTileRows;
    const auto stored = sink.filters(first);
    for (std::size_t p = 0; p < part.pixels.size(); ++p) {
      const auto& at = part.pixels[p];
      sink.put(load(part.sums + (2 * part.rows[p] + v) * kTileRows), stored,
               places(at.row, at.column), first, filters - first);
    }
  }
}

// A part is put while tiles compute the next one.
template <class Sink>
void convolve_on_tiles(const PackedConvolution<std::uint8_t>& convolution,
                       const BorderedMaps<std::uint8_t>& input, std::span<const Pixel> pixels,
                       std::int32_t* memory, const Sink& sink) {
  const auto filters = static_cast<std::size_t>(convolution.shape().filters);
  const auto vectors = (filters + kTileRows - 1) / kTileRows;
  const TileWindows windows(convolution.shape(), input);
  Part last;
  std::size_t count = 0;
  while (!pixels.empty()) {
    auto now = next_part(windows, pixels);
    for (std::size_t v = 0; v < vectors; v += 2) {
      now.first_vector = v;
      now.vectors = std::min<std::size_t>(vectors - v, 2);
      now.sums = memory + count++ % 2 * kTilePartSums;
      multiply_part(convolution, now, windows, input.shape().row_elements());
      put_part(last, filters, sink);
      last = now;
    }
    pixels = pixels.subspan(now.pixels.size());
  }
  put_part(last, filters, sink);
}

#endif

template <class Element, class Sink>
void convolve(const PackedConvolution<Element>& convolution, const BorderedMaps<Element>& input,
              std::span<const Pixel> pixels, std::int32_t* memory, const Sink& sink) {
#if HWY_TARGET == HWY_AVX3_DL
  if constexpr (sizeof(Element) == 1)
    if (!convolution.tiles().weights.empty())
      return convolve_on_tiles(convolution, input, pixels, memory, sink);
#endif
  convolve_gathered(convolution, input, pixels, memory, sink);
}

template <class Element>
void store_any(const PackedConvolution<Element>& convolution, const BorderedMaps<Element>& input,
               std::span<const Pixel> pixels, const Store<Element>& to, std::int32_t* memory) {
  if (ShiftSink<Element>::fits(to))
    convolve(convolution, input, pixels, memory, ShiftSink<Element>{{to}});
  else
    convolve(convolution, input, pixels, memory, StoreSink<Element>{to});
}

void store_bytes(const PackedConvolution<std::uint8_t>& convolution,
                 const BorderedMaps<std::uint8_t>& input, std::span<const Pixel> pixels,
                 const Store<std::uint8_t>& to, std::int32_t* memory) {
  store_any(convolution, input, pixels, to, memory);
}
void store_shorts(const PackedConvolution<std::int16_t>& convolution,
                  const BorderedMaps<std::int16_t>& input, std::span<const Pixel> pixels,
                  const Store<std::int16_t>& to, std::int32_t* memory) {
  store_any(convolution, input, pixels, to, memory);
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
void PackedConvolution<std::uint8_t>::store(const BorderedMaps<std::uint8_t>& input,
                                            std::span<const Pixel> pixels,
                                            const Store<std::uint8_t>& to,
                                            std::int32_t* memory) const {
  HWY_DYNAMIC_DISPATCH(store_bytes)(*this, input, pixels, to, memory);
}
template <>
void PackedConvolution<std::int16_t>::store(const BorderedMaps<std::int16_t>& input,
                                            std::span<const Pixel> pixels,
                                            const Store<std::int16_t>& to,
                                            std::int32_t* memory) const {
  HWY_DYNAMIC_DISPATCH(store_shorts)(*this, input, pixels, to, memory);
}

}  // namespace citrine
#endif
