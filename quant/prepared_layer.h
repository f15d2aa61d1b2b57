#pragma once
// A layer of an integer network in the form in which SIMD kernels compute it for a few images.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/bordered_maps.h"
#include "kernels/packed_convolution.h"
#include "kernels/requantization.h"
#include "quant/integer_network.h"

namespace citrine {

// What the layers store, by layer; of the last one nothing.
template <class Element>
using LayerMaps = std::vector<BorderedMaps<Element>>;

// True if 8 bits hold its weights and everything that the network stores, also with faults.
bool fits_bytes(const IntegerNetwork& network);
// All zeros, with room for `images` images, and what no layer writes.
template <class Element>
LayerMaps<Element> make_layer_maps(const IntegerNetwork& network, int images);

template <class Element>
class PreparedLayer {
 public:
  // For maps like `maps`. The layer must not be the first one.
  PreparedLayer(const IntegerNetwork& network, std::size_t index, const LayerMaps<Element>& maps);

  // Computes what the layer stores of the first `images`; not for the last layer.
  void run(LayerMaps<Element>& maps, int images) const;
  // Accumulators of a convolution, [images, height, width, channels].
  void sum(const LayerMaps<Element>& maps, int images, std::int32_t* sums) const;

 private:
  void convolve(LayerMaps<Element>& maps, int images) const;
  void add(LayerMaps<Element>& maps, int images) const;
  void concatenate(LayerMaps<Element>& maps, int images) const;

  LayerKind kind_;
  ConvolutionShape window_;
  std::size_t output_;
  std::vector<std::size_t> inputs_;
  int first_channel_ = 0;                                 // of a shortcut's input in its output
  std::vector<Requantization<Element>> requantizations_;  // one, but for concat one an input
  std::vector<ChannelScales> input_scales_;               // of an addition
  std::optional<PackedConvolution<Element>> convolution_;
};

}  // namespace citrine
