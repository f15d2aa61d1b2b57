// The SIMD bodies of DifferenceConvolution.
#include <algorithm>

#include "kernels/difference_convolution.h"
#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/difference_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd/dot_product.h"
#include "kernels/simd/sinks.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

// Neighbouring outputs whose sums stay in registers, by vectors of filters.
constexpr int kMostTaps = HWY_CAP_GE512 ? 3 : 1;

std::size_t lanes() { return hn::Lanes(Int32()); }

// The terms of a pixel, and the weights and sums of the first output that sees it.
template <class Element>
struct Block {
  const std::int32_t* differences;
  const std::int32_t* groups;
  std::uint32_t terms;
  std::int32_t offset;  // to each sum, for the zero of the weights
  const Element* weights;
  std::size_t group_weights;
  std::int32_t* sums;
  std::size_t pixel_sums;
};

// Adds to kTaps outputs; each lies one before the last one, and its weights are the next ones.
template <int kTaps, int kVectors, class Element>
HWY_INLINE void add_block(const Block<Element>& block) {
  using Dot = DotProduct<Element>;
  constexpr std::size_t kSteps = DifferenceConvolution<Element>::kDotSteps;
  Sum sums[kTaps][kVectors], rests[kTaps][kVectors];
  const auto offset = hn::Set(Int32(), block.offset);
  HWY_UNROLL(3) for (std::size_t t = 0; t < kTaps; ++t) {
    HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) {
      sums[t][v] = hn::Add(offset, load(block.sums - t * block.pixel_sums + v * lanes()));
      rests[t][v] = hn::Zero(Int32());
    }
  }
  for (std::uint32_t i = 0; i < block.terms; ++i) {
    const auto difference = Dot::second(hn::Set(Int32(), block.differences[i]));
    const auto* weights =
        block.weights + static_cast<std::size_t>(block.groups[i]) * block.group_weights;
    HWY_UNROLL(3) for (std::size_t t = 0; t < kTaps; ++t) {
      HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) {
        const auto* from = weights + (t * kVectors + v) * lanes() * kSteps;
        Dot::add(Dot::first(load_lanes(from)), difference, sums[t][v], rests[t][v]);
      }
    }
  }
  HWY_UNROLL(3) for (std::size_t t = 0; t < kTaps; ++t) {
    HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) {
      hn::StoreU(total(sums[t][v], rests[t][v]), Int32(),
                 block.sums - t * block.pixel_sums + v * lanes());
    }
  }
}

// Adds to all outputs of a row that see a pixel; of a wider stride, weights are skipped.
template <int kVectors, class Element>
HWY_INLINE void add_outputs(Block<Element> block, int outputs, int stride) {
  constexpr std::size_t kSteps = DifferenceConvolution<Element>::kDotSteps;
  const auto skip = [&](int taps) {
    outputs -= taps;
    block.sums -= static_cast<std::size_t>(taps) * block.pixel_sums;
    block.weights += static_cast<std::size_t>(taps * stride) * kVectors * lanes() * kSteps;
  };
  if (kMostTaps == 3 && stride == 1) {
    for (; outputs >= 3; skip(3)) add_block<3, kVectors>(block);
    if (outputs == 2) return add_block<2, kVectors>(block);
  }
  for (; outputs > 0; skip(1)) add_block<1, kVectors>(block);
}

// What the zero of the weights adds to a sum, to be taken off, where differences have a sum.
template <class Element>
std::int32_t offset_of(std::int32_t sum) {
  return wrap(std::int64_t{-kWeightZero<Element>} * sum, 32, true);
}

// Adds one vector block of filters after the other, and of each a kernel row after the other: its
// weights stay in the cache.
template <int kVectors, class Element>
void add_filters(const DifferenceConvolution<Element>& convolution, const MapChanges& changes,
                 std::size_t first_vector, std::int32_t* sums) {
  const auto& shape = convolution.shape();
  const auto kernel = static_cast<std::size_t>(shape.kernel);
  const auto tap_weights = kVectors * lanes() * DifferenceConvolution<Element>::kDotSteps;
  const auto groups = convolution.weights().size() / kernel / kernel / convolution.pixel_sums() /
                      DifferenceConvolution<Element>::kDotSteps;
  const auto* weights =
      convolution.weights().data() +
      first_vector * lanes() * kernel * kernel * groups * DifferenceConvolution<Element>::kDotSteps;
  for (int row = 0; row < shape.kernel; ++row, weights += groups * kernel * tap_weights)
    for (const auto& pixel : changes.pixels()) {
      const auto output_row = convolution.output_row(row, pixel.at.row);
      if (output_row < 0) continue;
      const auto& [tap, output, count] =
          convolution.reach().columns[static_cast<std::size_t>(pixel.at.column)];
      const auto at = std::ptrdiff_t{output_row} * shape.out_width() + output;
      add_outputs<kVectors, Element>(
          {.differences = changes.differences() + pixel.first,
           .groups = changes.groups() + pixel.first,
           .terms = pixel.end - pixel.first,
           .offset = offset_of<Element>(pixel.sum),
           .weights = weights + static_cast<std::size_t>(tap) * tap_weights,
           .group_weights = kernel * tap_weights,
           .sums = sums + at * static_cast<std::ptrdiff_t>(convolution.pixel_sums()) +
                   first_vector * lanes(),
           .pixel_sums = convolution.pixel_sums()},
          count, shape.stride);
    }
}

// The sum of a term's differences, where the weights have a zero.
template <class Element>
std::int32_t term_sum(std::int32_t term) {
  if (kWeightZero<Element> == 0) return 0;
  std::int32_t sum = 0;
  for (int shift = 0; shift < 32; shift += 8) sum += static_cast<std::int8_t>(term >> shift);
  return sum;
}

// Where filters see some channels only: one term after the other.
template <class Element>
void add_terms(const DifferenceConvolution<Element>& convolution, const MapChanges& changes,
               const ChangedPixel& pixel, std::size_t first_tap, std::int32_t* sums, int outputs) {
  using Dot = DotProduct<Element>;
  constexpr std::size_t kSteps = DifferenceConvolution<Element>::kDotSteps;
  const auto tap_weights =
      static_cast<std::size_t>(convolution.shape().stride) * convolution.tap_weights();
  for (std::uint32_t i = pixel.first; i < pixel.end; ++i) {
    const std::int32_t term = changes.differences()[i];
    const auto& group = convolution.groups()[static_cast<std::size_t>(changes.groups()[i])];
    const auto difference = Dot::second(hn::Set(Int32(), term));
    const auto offset = hn::Set(Int32(), offset_of<Element>(term_sum<Element>(term)));
    const auto* weights =
        convolution.weights().data() + first_tap * convolution.tap_weights() + group.weight;
    auto* to = sums + group.filter;
    for (int t = 0; t < outputs; ++t) {
      for (std::size_t v = 0; v < group.vectors; ++v) {
        auto sum = hn::Add(offset, load(to + v * lanes())), rest = hn::Zero(Int32());
        Dot::add(Dot::first(load_lanes(weights + v * lanes() * kSteps)), difference, sum, rest);
        hn::StoreU(total(sum, rest), Int32(), to + v * lanes());
      }
      weights += tap_weights;
      to -= convolution.pixel_sums();
    }
  }
}

template <class Element>
void add_grouped(const DifferenceConvolution<Element>& convolution, const MapChanges& changes,
                 std::int32_t* sums) {
  const auto& shape = convolution.shape();
  for (const auto& pixel : changes.pixels()) {
    const auto& [tap, output, count] =
        convolution.reach().columns[static_cast<std::size_t>(pixel.at.column)];
    for (int row = 0; row < shape.kernel; ++row) {
      const auto output_row = convolution.output_row(row, pixel.at.row);
      if (output_row < 0) continue;
      const auto at = std::ptrdiff_t{output_row} * shape.out_width() + output;
      add_terms(convolution, changes, pixel, static_cast<std::size_t>(row * shape.kernel + tap),
                sums + at * static_cast<std::ptrdiff_t>(convolution.pixel_sums()), count);
    }
  }
}

template <class Element>
void add_changes(const DifferenceConvolution<Element>& convolution, const MapChanges& changes,
                 std::int32_t* sums) {
  if (convolution.shape().groups > 1) return add_grouped(convolution, changes, sums);
  for (const auto& [first, vectors] : convolution.blocks()) {
    if (vectors == 4) add_filters<4>(convolution, changes, first, sums);
    if (vectors == 2) add_filters<2>(convolution, changes, first, sums);
    if (vectors == 1) add_filters<1>(convolution, changes, first, sums);
  }
}

template <class Element, class Sink>
void store_pixels(const ChangedSums& sums, std::span<const Pixel> pixels, const Store<Element>& to,
                  const Sink& sink) {
  const auto& shape = to.output.shape();
  const auto count = static_cast<std::size_t>(shape.channels);
  for (const auto at : pixels) {
    const auto pixel = static_cast<std::size_t>(std::ptrdiff_t{at.row} * shape.width + at.column);
    const auto* golden = sums.golden + pixel * count;
    auto* differences = sums.differences + pixel * sums.pixel_sums;
    const auto place = sink.place({0, at.row, at.column, 1});
    for (std::size_t first = 0; first < count; first += lanes()) {
      const auto sum = hn::Add(load(golden + first), load(differences + first));
      hn::StoreU(hn::Zero(Int32()), Int32(), differences + first);
      sink.put(sum, sink.filters(first), place, first, count - first);
    }
  }
}

template <class Element>
void store_any(const ChangedSums& sums, std::span<const Pixel> pixels, const Store<Element>& to) {
  if (ShiftSink<Element>::fits(to))
    store_pixels(sums, pixels, to, ShiftSink<Element>{{to}});
  else
    store_pixels(sums, pixels, to, StoreSink<Element>{to});
}

void add_bytes(const DifferenceConvolution<std::uint8_t>& convolution, const MapChanges& changes,
               std::int32_t* sums) {
  add_changes(convolution, changes, sums);
}
void add_shorts(const DifferenceConvolution<std::int16_t>& convolution, const MapChanges& changes,
                std::int32_t* sums) {
  add_changes(convolution, changes, sums);
}
void store_bytes(const ChangedSums& sums, std::span<const Pixel> pixels,
                 const Store<std::uint8_t>& to) {
  store_any(sums, pixels, to);
}
void store_shorts(const ChangedSums& sums, std::span<const Pixel> pixels,
                  const Store<std::int16_t>& to) {
  store_any(sums, pixels, to);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(add_bytes);
HWY_EXPORT(add_shorts);
HWY_EXPORT(store_bytes);
HWY_EXPORT(store_shorts);

}  // namespace

template <>
void DifferenceConvolution<std::uint8_t>::add(const MapChanges& changes, std::int32_t* sums) const {
  HWY_DYNAMIC_DISPATCH(add_bytes)(*this, changes, sums);
}
template <>
void DifferenceConvolution<std::int16_t>::add(const MapChanges& changes, std::int32_t* sums) const {
  HWY_DYNAMIC_DISPATCH(add_shorts)(*this, changes, sums);
}
template <>
void store_sums(const ChangedSums& sums, std::span<const Pixel> pixels,
                const Store<std::uint8_t>& to) {
  HWY_DYNAMIC_DISPATCH(store_bytes)(sums, pixels, to);
}
template <>
void store_sums(const ChangedSums& sums, std::span<const Pixel> pixels,
                const Store<std::int16_t>& to) {
  HWY_DYNAMIC_DISPATCH(store_shorts)(sums, pixels, to);
}

}  // namespace citrine
#endif
