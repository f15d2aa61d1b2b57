#pragma once
// A convolution whose weights are packed once, in the order in which the SIMD kernel reads them.
// Exact modulo 2^32: for accumulators that wrap, and products that fit into their registers.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "kernels/aligned_vector.h"
#include "kernels/bordered_maps.h"
#include "kernels/convolution.h"
#include "kernels/pixels.h"
#include "kernels/requantization.h"

namespace citrine {

// Activations of 8 bits meet weights of 8 bits, in dot products of four steps; else two.
template <class Element>
using PackedWeight = std::conditional_t<sizeof(Element) == 1, std::int8_t, std::int16_t>;

// Where stored elements go, what is added to their sums before, and where the sums are kept.
template <class Element>
struct Store {
  const Requantization<Element>& requantization;
  const BorderedMaps<Element>* residual = nullptr;  // of the output's size, or none
  BorderedMaps<Element>& output;
  std::int32_t* sums = nullptr;  // as those of PackedConvolution::sum(), or none
};

// Filters that one vector of this processor holds.
int vector_filters();
// Vectors of filters that a kernel takes at once, of those that are left: 4, 2 or 1.
inline std::size_t block_vectors(std::size_t left) {
  return std::bit_floor(std::min<std::size_t>(left, 4));
}

// Element: of the input's BorderedMaps. All values of `op` must fit into it and PackedWeight.
template <class Element>
class PackedConvolution {
 public:
  using Weight = PackedWeight<Element>;
  static constexpr int kDotSteps = sizeof(std::int32_t) / sizeof(Weight);

  // Takes shape, weights and bias of `op`, for inputs like `input`, whose border has at least the
  // convolution's padding.
  PackedConvolution(const Convolution& op, const BorderedMaps<Element>& input);

  // Accumulators of the first `images` of the input, [images, out_height, out_width, filters].
  void sum(const BorderedMaps<Element>& input, int images, std::int32_t* sums) const;
  // The same, requantized.
  void store(const BorderedMaps<Element>& input, int images, const Store<Element>& to) const;
  // The same at some pixels of one image, of convolutions that store pixels, within a TileScope;
  // the memory is for the windows and the sums of as many pixels as are computed at once.
  void store(const BorderedMaps<Element>& input, int image, std::span<const Pixel> pixels,
             const Store<Element>& to, std::int32_t* memory) const;
  static constexpr std::size_t kWindows = 96;   // that tiles read in a map
  static constexpr std::size_t kGathered = 32;  // or one behind the other
  std::size_t memory() const;
  std::size_t run_steps() const;       // of a kernel row, to whole dot products
  std::size_t window_steps() const;    // of all rows, to what a vector of filters has weights for
  std::size_t window_filters() const;  // to whole vectors
  bool fits_tiles() const;             // are windows multiplied on tiles?

  const ConvolutionShape& shape() const { return shape_; }
  bool is_depthwise() const;  // one filter a channel
  bool stores_pixels() const { return shape_.groups == 1 || is_depthwise(); }
  // From the first element of a window to that of each dot product; of a depthwise convolution to
  // each tap, an even number: the last one may be there twice.
  const std::vector<std::int32_t>& offsets() const { return offsets_; }
  // [group, vector of filters, dot product, filter, step]; none of a depthwise one.
  const AlignedVector<Weight>& weights() const { return weights_; }
  // Of a depthwise one [pair of taps, channel]: the first tap's weight in the lower 16 bits.
  const AlignedVector<std::int32_t>& tap_pairs() const { return tap_pairs_; }
  // Of a vector of filters: without groups, zeros fill up what a row of a tile holds.
  std::size_t vector_weights() const { return vector_weights_; }
  const std::vector<std::int32_t>& bias() const { return bias_; }  // [filters], and slack

 private:
  void store_on_tiles(const BorderedMaps<Element>& input, int images,
                      const Store<Element>& to) const;
  void pack_filters(const Convolution& op);
  void pack_channels(const Convolution& op);
  void subtract_zero(const Convolution& op, std::int32_t zero);

  ConvolutionShape shape_;
  std::vector<std::int32_t> offsets_;
  std::size_t vector_weights_ = 0;
  AlignedVector<Weight> weights_;
  AlignedVector<std::int32_t> tap_pairs_;
  std::vector<std::int32_t> bias_;
};

}  // namespace citrine
