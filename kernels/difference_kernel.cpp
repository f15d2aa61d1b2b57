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

std::size_t lanes() { return hn::Lanes(Int32()); }

// What the zero of the weights adds to a sum, to be taken off, where differences have a sum.
template <class Element>
std::int32_t offset_of(std::int32_t sum) {
  return wrap(std::int64_t{-kWeightZero<Element>} * sum, 32, true);
}

// Columns from `first` to before `end` that an output sees, and rows from `top` to before `bottom`
// of its kernel that see rows with changes; `row` and `column`: of the input where its kernel
// begins.
struct Window {
  int row, column, first, end, top, bottom;
};

// Makes windows. Has copies of all: stores of bytes could change what lies behind a reference.
class Windows {
 public:
  Windows(const ConvolutionShape& shape, const MapChanges& changes)
      : stride_(shape.stride),
        padding_(shape.padding),
        kernel_(shape.kernel),
        width_(shape.width),
        top_(changes.top()),
        bottom_(changes.bottom()) {}

  HWY_INLINE Window operator()(const Pixel& at) const {
    const int row = at.row * stride_ - padding_, column = at.column * stride_ - padding_;
    return {row,
            column,
            std::max(column, 0),
            std::min(column + kernel_, width_),
            std::max(0, top_ - row),
            std::min(kernel_, bottom_ - row + 1)};
  }

 private:
  int stride_, padding_, kernel_, width_, top_, bottom_;
};

// The terms of a window: changed pixels of a row that lie in it have theirs one behind the other,
// and these the places of their weights but for the window's column.
template <class Element>
class Terms {
 public:
  Terms(const DifferenceConvolution<Element>& convolution, const ChangedInput& input)
      : table_(input.changes.table()),
        all_differences_(input.changes.differences()),
        all_places_(input.changes.places()),
        groups_(input.changes.groups()),
        row_places_(convolution.shape().kernel * groups_),
        differences_(input.memory),
        places_(input.memory + convolution.window_terms()) {}

  // Copies them, so that one loop goes over all rows; behind the last one come some that are 0.
  HWY_INLINE void gather(const Window& window) {
    count_ = 0;
    sum_ = 0;
    int skipped = window.top * row_places_ - window.column * groups_;
    for (int row = window.top; row < window.bottom; ++row, skipped += row_places_) {
      const auto first = table_.find(window.row + row, window.first);
      const auto end = table_.find(window.row + row, window.end);
      sum_ += end.sum - first.sum;
      copy(first.count, end.count - first.count, skipped);
    }
    std::fill_n(differences_ + count_, kTermsAtOnce, 0);
    std::fill_n(places_ + count_, kTermsAtOnce, 0);
  }

  static constexpr std::uint32_t kTermsAtOnce = 4;
  std::uint32_t count() const { return count_; }
  std::int32_t sum() const { return sum_; }
  const std::int32_t* differences() const { return differences_; }
  const std::int32_t* places() const { return places_; }

 private:
  // The first vector without a question, as there are seldom more.
  HWY_INLINE void copy(std::uint32_t first, std::uint32_t count, int skipped) {
    std::uint32_t i = 0;
    do {
      hn::StoreU(load(all_differences_ + first + i), Int32(), differences_ + count_ + i);
      hn::StoreU(hn::Add(load(all_places_ + first + i), hn::Set(Int32(), skipped)), Int32(),
                 places_ + count_ + i);
      i += static_cast<std::uint32_t>(lanes());
    } while (i < count);
    count_ += count;
  }

  TermTable table_;
  const std::int32_t* all_differences_;
  const std::int32_t* all_places_;
  int groups_, row_places_;
  std::int32_t* differences_;
  std::int32_t* places_;
  std::uint32_t count_ = 0;
  std::int32_t sum_ = 0;
};

// Adds terms to the sums of one block of filters.
template <int kVectors, class Element>
HWY_INLINE void add_terms(const Terms<Element>& terms, const Element* weights,
                          Sum (&sums)[kVectors]) {
  using Dot = DotProduct<Element>;
  constexpr std::size_t kSteps = DifferenceConvolution<Element>::kDotSteps;
  // A dot product waits for the one before to the same sum, so there are some.
  constexpr int kSets = std::min(4, (HWY_CAP_GE512 ? 8 : 4) / kVectors);
  const auto width = static_cast<std::ptrdiff_t>(kVectors * lanes() * kSteps);
  const auto* differences = terms.differences();
  const auto* places = terms.places();
  Sum sets[kSets][kVectors], rests[kSets][kVectors];
  HWY_UNROLL(4) for (int set = 0; set < kSets; ++set) {
    HWY_UNROLL(4) for (int v = 0; v < kVectors; ++v) {
      sets[set][v] = rests[set][v] = hn::Zero(Int32());
    }
  }
  const auto* end = differences + terms.count();
  for (; differences < end; differences += 4, places += 4) {
    HWY_UNROLL(4) for (int i = 0; i < 4; ++i) {
      const auto difference = Dot::second(hn::Set(Int32(), differences[i]));
      const auto* from = weights + places[i] * width;
      HWY_UNROLL(4) for (int v = 0; v < kVectors; ++v) {
        Dot::add(Dot::first(load_lanes(from + static_cast<std::size_t>(v) * lanes() * kSteps)),
                 difference, sets[i % kSets][v], rests[i % kSets][v]);
      }
    }
  }
  const auto offset = hn::Set(Int32(), offset_of<Element>(terms.sum()));
  HWY_UNROLL(4) for (int v = 0; v < kVectors; ++v) {
    sums[v] = hn::Add(sums[v], offset);
    HWY_UNROLL(4) for (int set = 0; set < kSets; ++set) {
      sums[v] = hn::Add(sums[v], total(sets[set][v], rests[set][v]));
    }
  }
}

// Of one block of filters, where every filter sees every channel. What the loop needs is kept apart
// from all that stores of bytes could change.
template <int kVectors, class Element, class Sink>
void convolve_block(const DifferenceConvolution<Element>& convolution, const ChangedInput& input,
                    std::span<const Pixel> pixels, std::size_t first, const Sink& sink) {
  const auto& shape = convolution.shape();
  const std::ptrdiff_t width = shape.out_width(), filters = shape.filters;
  const auto count = static_cast<std::size_t>(filters) - first;
  const auto* weights = convolution.weights().data() +
                        first * (convolution.weights().size() / convolution.pixel_sums());
  const auto* all_golden = input.golden + first;
  const Windows windows(shape, input.changes);
  const auto places = sink.places(0);
  const auto stored = filters_of<kVectors>(sink, first);
  Terms<Element> terms(convolution, input);
  for (const auto at : pixels) {
    terms.gather(windows(at));
    const auto* golden = all_golden + (at.row * width + at.column) * filters;
    Sum sums[kVectors];
    HWY_UNROLL(4) for (std::size_t v = 0; v < kVectors; ++v) sums[v] = load(golden + v * lanes());
    add_terms<kVectors>(terms, weights, sums);
    put_vectors(sink, sums, stored, places(at.row, at.column), first, count);
  }
}

template <class Element, class Sink>
void convolve_filters(const DifferenceConvolution<Element>& convolution, const ChangedInput& input,
                      std::span<const Pixel> pixels, const Sink& sink) {
  for (const auto& [vector, vectors] : convolution.blocks()) {
    const auto first = vector * lanes();
    if (vectors == 4) convolve_block<4>(convolution, input, pixels, first, sink);
    if (vectors == 2) convolve_block<2>(convolution, input, pixels, first, sink);
    if (vectors == 1) convolve_block<1>(convolution, input, pixels, first, sink);
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

// Where filters see some channels only: one term after the other, to the sums of a pixel.
template <class Element>
void add_grouped(const DifferenceConvolution<Element>& convolution, const Terms<Element>& terms,
                 std::int32_t* sums) {
  using Dot = DotProduct<Element>;
  constexpr std::size_t kSteps = DifferenceConvolution<Element>::kDotSteps;
  for (std::uint32_t i = 0; i < terms.count(); ++i) {
    const std::int32_t term = terms.differences()[i];
    const auto& seen = convolution.groups()[static_cast<std::size_t>(terms.places()[i])];
    const auto difference = Dot::second(hn::Set(Int32(), term));
    const auto offset = hn::Set(Int32(), offset_of<Element>(term_sum<Element>(term)));
    const auto* weights = convolution.weights().data() + seen.weight;
    for (std::size_t v = 0; v < seen.vectors; ++v) {
      auto* to = sums + seen.filter + v * lanes();
      auto sum = hn::Add(offset, load(to)), rest = hn::Zero(Int32());
      Dot::add(Dot::first(load_lanes(weights + v * lanes() * kSteps)), difference, sum, rest);
      hn::StoreU(total(sum, rest), Int32(), to);
    }
  }
}

template <class Element, class Sink>
void convolve_groups(const DifferenceConvolution<Element>& convolution, const ChangedInput& input,
                     std::span<const Pixel> pixels, const Sink& sink) {
  const auto& shape = convolution.shape();
  const auto count = static_cast<std::size_t>(shape.filters);
  const Windows windows(shape, input.changes);
  const auto places = sink.places(0);
  Terms<Element> terms(convolution, input);
  auto* sums = input.memory + convolution.memory() - convolution.sums();
  for (const auto at : pixels) {
    terms.gather(windows(at));
    const auto pixel = std::ptrdiff_t{at.row} * shape.out_width() + at.column;
    std::copy_n(input.golden + pixel * shape.filters, count, sums);
    add_grouped(convolution, terms, sums);
    const auto place = places(at.row, at.column);
    for (std::size_t filter = 0; filter < count; filter += lanes())
      sink.put(load(sums + filter), sink.filters(filter), place, filter, count - filter);
  }
}

template <class Element, class Sink>
void convolve(const DifferenceConvolution<Element>& convolution, const ChangedInput& input,
              std::span<const Pixel> pixels, const Sink& sink) {
  if (convolution.shape().groups > 1)
    convolve_groups(convolution, input, pixels, sink);
  else
    convolve_filters(convolution, input, pixels, sink);
}

template <class Element>
void store_any(const DifferenceConvolution<Element>& convolution, const ChangedInput& input,
               std::span<const Pixel> pixels, const Store<Element>& to) {
  with_sink(convolution.shape(), to,
            [&](const auto& sink) { convolve(convolution, input, pixels, sink); });
}

void store_bytes(const DifferenceConvolution<std::uint8_t>& convolution, const ChangedInput& input,
                 std::span<const Pixel> pixels, const Store<std::uint8_t>& to) {
  store_any(convolution, input, pixels, to);
}
void store_shorts(const DifferenceConvolution<std::int16_t>& convolution, const ChangedInput& input,
                  std::span<const Pixel> pixels, const Store<std::int16_t>& to) {
  store_any(convolution, input, pixels, to);
}
void sum_bytes(const DifferenceConvolution<std::uint8_t>& convolution, const ChangedInput& input,
               std::span<const Pixel> pixels, std::int32_t* sums) {
  convolve(convolution, input, pixels, SumSink{convolution.shape(), sums});
}
void sum_shorts(const DifferenceConvolution<std::int16_t>& convolution, const ChangedInput& input,
                std::span<const Pixel> pixels, std::int32_t* sums) {
  convolve(convolution, input, pixels, SumSink{convolution.shape(), sums});
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(store_bytes);
HWY_EXPORT(store_shorts);
HWY_EXPORT(sum_bytes);
HWY_EXPORT(sum_shorts);

}  // namespace

template <class Element>
void DifferenceConvolution<Element>::store(const ChangedInput& input, std::span<const Pixel> pixels,
                                           const Store<Element>& to) const {
  if constexpr (sizeof(Element) == 1)
    HWY_DYNAMIC_DISPATCH(store_bytes)(*this, input, pixels, to);
  else
    HWY_DYNAMIC_DISPATCH(store_shorts)(*this, input, pixels, to);
}

template <class Element>
void DifferenceConvolution<Element>::sum(const ChangedInput& input, std::span<const Pixel> pixels,
                                         std::int32_t* sums) const {
  if constexpr (sizeof(Element) == 1)
    HWY_DYNAMIC_DISPATCH(sum_bytes)(*this, input, pixels, sums);
  else
    HWY_DYNAMIC_DISPATCH(sum_shorts)(*this, input, pixels, sums);
}

template void DifferenceConvolution<std::uint8_t>::store(const ChangedInput&,
                                                         std::span<const Pixel>,
                                                         const Store<std::uint8_t>&) const;
template void DifferenceConvolution<std::int16_t>::store(const ChangedInput&,
                                                         std::span<const Pixel>,
                                                         const Store<std::int16_t>&) const;
template void DifferenceConvolution<std::uint8_t>::sum(const ChangedInput&, std::span<const Pixel>,
                                                       std::int32_t*) const;
template void DifferenceConvolution<std::int16_t>::sum(const ChangedInput&, std::span<const Pixel>,
                                                       std::int32_t*) const;

}  // namespace citrine
#endif
