// The SIMD bodies of PackedConvolution.
#include <algorithm>

#include "kernels/packed_convolution.h"
#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/convolution_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd/depthwise.h"
#include "kernels/simd/dot_product.h"
#include "kernels/simd/sinks.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

// A tile is some strips by one or two vectors of filters: its sums stay in registers.
constexpr int kTileSums = HWY_CAP_GE512 ? 16 : 8;

std::size_t lanes() { return hn::Lanes(Int32()); }

// A convolution of some images, and the filters from `first` on: `count` of them are left in their
// group, which sees the input from `channel` on.
template <class Element>
struct Block {
  Block(const PackedConvolution<Element>& packed, const BorderedMaps<Element>& maps,
        int count_images)
      : convolution(packed), input(maps), images(count_images) {
    const auto& shape = convolution.shape();
    for (int p = 0; p < kStripPixels; ++p)
      steps[p] = std::ptrdiff_t{std::min(p, shape.out_width() - 1)} * shape.stride * shape.channels;
  }

  const PackedConvolution<Element>& convolution;
  const BorderedMaps<Element>& input;
  int images;
  // Between a strip's windows; pixels that are missing in a narrow map see what the last one sees.
  std::ptrdiff_t steps[kStripPixels];
  const PackedWeight<Element>* weights = nullptr;
  std::size_t first = 0, count = 0;
  int channel = 0;

  const Element* window(const Strip& strip) const {
    const auto& shape = convolution.shape();
    return input.pixel(strip.image, strip.row * shape.stride - shape.padding,
                       strip.column * shape.stride - shape.padding) +
           channel;
  }
};

// Sums of all pixels of some strips.
template <int kVectors, int kPixels, class Element>
HWY_INLINE void convolve_tile(const Block<Element>& block, const Element* const* windows,
                              Sum (&sums)[kPixels][kVectors]) {
  using Dot = DotProduct<Element>;
  Sum rests[kPixels][kVectors];
  HWY_UNROLL(16) for (int p = 0; p < kPixels; ++p) {
    HWY_UNROLL(2) for (int v = 0; v < kVectors; ++v) {
      const auto at = block.first + static_cast<std::size_t>(v) * lanes();
      sums[p][v] = load(block.convolution.bias().data() + at);
      rests[p][v] = hn::Zero(Int32());
    }
  }
  const auto* weights = block.weights;
  const auto vector_weights = block.convolution.vector_weights();
  for (const std::ptrdiff_t offset : block.convolution.offsets()) {
    typename Dot::Operand w[kVectors];
    HWY_UNROLL(2)
    for (int v = 0; v < kVectors; ++v)
      w[v] = Dot::second(load_lanes(weights + static_cast<std::size_t>(v) * vector_weights));
    weights += PackedConvolution<Element>::kDotSteps * lanes();
    HWY_UNROLL(4) for (int strip = 0; strip < kPixels / kStripPixels; ++strip) {
      const Element* window = windows[strip] + offset;
      HWY_UNROLL(4) for (int p = 0; p < kStripPixels; ++p) {
        const auto x = Dot::first(broadcast(window + block.steps[p]));
        const int pixel = strip * kStripPixels + p;
        HWY_UNROLL(2)
        for (int v = 0; v < kVectors; ++v) Dot::add(x, w[v], sums[pixel][v], rests[pixel][v]);
      }
    }
  }
  HWY_UNROLL(16) for (int p = 0; p < kPixels; ++p) {
    HWY_UNROLL(2) for (int v = 0; v < kVectors; ++v) sums[p][v] = total(sums[p][v], rests[p][v]);
  }
}

// Puts whole vectors of whole strips, out of their registers.
template <int kVectors, int kPixels, class Sink>
HWY_INLINE void put_whole(const Sum (&sums)[kPixels][kVectors], const Strip* tile, const Sink& sink,
                          const typename Sink::Filters (&filters)[2], std::size_t first) {
  HWY_UNROLL(4) for (int strip = 0; strip < kPixels / kStripPixels; ++strip) {
    auto place = sink.place(tile[strip]);
    HWY_UNROLL(4) for (int p = 0; p < kStripPixels; ++p, place = sink.next(place)) {
      HWY_UNROLL(2)
      for (int v = 0; v < kVectors; ++v)
        sink.put(sums[strip * kStripPixels + p][v], filters[v], place,
                 first + static_cast<std::size_t>(v) * lanes(), lanes());
    }
  }
}

template <int kVectors, class Element, class Sink>
void convolve_block(const Block<Element>& block, const Sink& sink) {
  constexpr int kPixels = kTileSums / kVectors, kStrips = kPixels / kStripPixels;
  const auto& shape = block.convolution.shape();
  const typename Sink::Filters filters[2] = {sink.filters(block.first),
                                             sink.filters(block.first + lanes())};
  const bool is_whole = shape.out_width() >= kStripPixels && block.count >= kVectors * lanes();
  for (Strips strips(shape, block.images); !strips.is_at_end();) {
    Strip tile[kStrips];
    const Element* windows[kStrips];
    int count = 0;
    for (int i = 0; i < kStrips; ++i) {
      if (!strips.is_at_end()) tile[count++] = strips.take();
      windows[i] = block.window(tile[count - 1]);
    }
    Sum sums[kPixels][kVectors];
    convolve_tile(block, windows, sums);
    if (Sink::kIsShort && is_whole && count == kStrips) {
      put_whole(sums, tile, sink, filters, block.first);
      continue;
    }
    HWY_ALIGN std::int32_t results[kPixels * kVectors * kMostLanes];
    HWY_UNROLL(16) for (int p = 0; p < kPixels; ++p) {
      HWY_UNROLL(2)
      for (int v = 0; v < kVectors; ++v)
        hn::StoreU(sums[p][v], Int32(),
                   results + static_cast<std::size_t>(p * kVectors + v) * lanes());
    }
    for (int i = 0; i < count; ++i) {
      const auto* result =
          results + static_cast<std::size_t>(i) * kStripPixels * kVectors * lanes();
      auto place = sink.place(tile[i]);
      for (int p = 0; p < tile[i].pixels; ++p, place = sink.next(place))
        for (std::size_t v = 0; v < kVectors; ++v, result += lanes())
          sink.put(load(result), filters[v], place, block.first + v * lanes(),
                   block.count - v * lanes());
    }
  }
}

template <class Element, class Sink>
void convolve_depthwise(const Block<Element>& block, const Sink& sink) {
  const auto& shape = block.convolution.shape();
  const auto channels = static_cast<std::size_t>(shape.channels);
  for (std::size_t first = 0; first < channels; first += lanes()) {
    const auto filters = sink.filters(first);
    for (Strips strips(shape, block.images); !strips.is_at_end();) {
      const auto strip = strips.take();
      const auto* window = block.window(strip);
      auto place = sink.place(strip);
      for (int p = 0; p < strip.pixels; ++p, place = sink.next(place)) {
        sink.put(convolve_channels(block.convolution, window, first), filters, place, first,
                 channels - first);
        window += std::ptrdiff_t{shape.stride} * shape.channels;
      }
    }
  }
}

template <class Element, class Sink>
void convolve(const PackedConvolution<Element>& convolution, const BorderedMaps<Element>& input,
              int images, const Sink& sink) {
  Block<Element> block{convolution, input, images};
  if (convolution.is_depthwise()) return convolve_depthwise(block, sink);
  const auto& shape = convolution.shape();
  const auto group_filters = static_cast<std::size_t>(shape.filters / shape.groups);
  block.weights = convolution.weights().data();
  for (int group = 0; group < shape.groups; ++group) {
    block.channel = group * shape.group_channels();
    for (std::size_t at = 0; at < group_filters;) {
      block.first = static_cast<std::size_t>(group) * group_filters + at;
      block.count = group_filters - at;
      const std::size_t vectors = block.count > lanes() ? 2 : 1;
      vectors == 2 ? convolve_block<2>(block, sink) : convolve_block<1>(block, sink);
      block.weights += vectors * block.convolution.vector_weights();
      at += vectors * lanes();
    }
  }
}

int vector_size() { return static_cast<int>(lanes()); }

void sum_bytes(const PackedConvolution<std::uint8_t>& convolution,
               const BorderedMaps<std::uint8_t>& input, int images, std::int32_t* sums) {
  convolve(convolution, input, images, SumSink{convolution.shape(), sums});
}
void sum_shorts(const PackedConvolution<std::int16_t>& convolution,
                const BorderedMaps<std::int16_t>& input, int images, std::int32_t* sums) {
  convolve(convolution, input, images, SumSink{convolution.shape(), sums});
}
template <class Element>
void store_all(const PackedConvolution<Element>& convolution, const BorderedMaps<Element>& input,
               int images, const Store<Element>& to) {
  with_sink(convolution.shape(), to,
            [&](const auto& sink) { convolve(convolution, input, images, sink); });
}

void store_bytes(const PackedConvolution<std::uint8_t>& convolution,
                 const BorderedMaps<std::uint8_t>& input, int images,
                 const Store<std::uint8_t>& to) {
  store_all(convolution, input, images, to);
}
void store_shorts(const PackedConvolution<std::int16_t>& convolution,
                  const BorderedMaps<std::int16_t>& input, int images,
                  const Store<std::int16_t>& to) {
  store_all(convolution, input, images, to);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(vector_size);
HWY_EXPORT(sum_bytes);
HWY_EXPORT(sum_shorts);
HWY_EXPORT(store_bytes);
HWY_EXPORT(store_shorts);

}  // namespace

int vector_filters() { return HWY_DYNAMIC_DISPATCH(vector_size)(); }

template <class Element>
void PackedConvolution<Element>::sum(const BorderedMaps<Element>& input, int images,
                                     std::int32_t* sums) const {
  if constexpr (sizeof(Element) == 1)
    HWY_DYNAMIC_DISPATCH(sum_bytes)(*this, input, images, sums);
  else
    HWY_DYNAMIC_DISPATCH(sum_shorts)(*this, input, images, sums);
}

template <class Element>
void PackedConvolution<Element>::store(const BorderedMaps<Element>& input, int images,
                                       const Store<Element>& to) const {
  if (fits_tiles()) return store_on_tiles(input, images, to);
  if constexpr (sizeof(Element) == 1)
    HWY_DYNAMIC_DISPATCH(store_bytes)(*this, input, images, to);
  else
    HWY_DYNAMIC_DISPATCH(store_shorts)(*this, input, images, to);
}

template void PackedConvolution<std::uint8_t>::sum(const BorderedMaps<std::uint8_t>&, int,
                                                   std::int32_t*) const;
template void PackedConvolution<std::int16_t>::sum(const BorderedMaps<std::int16_t>&, int,
                                                   std::int32_t*) const;
template void PackedConvolution<std::uint8_t>::store(const BorderedMaps<std::uint8_t>&, int,
                                                     const Store<std::uint8_t>&) const;
template void PackedConvolution<std::int16_t>::store(const BorderedMaps<std::int16_t>&, int,
                                                     const Store<std::int16_t>&) const;

}  // namespace citrine
#endif
