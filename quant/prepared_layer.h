#pragma once
// A layer of an integer network in the form in which SIMD kernels compute it for a few images.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/bordered_maps.h"
#include "kernels/packed_convolution.h"
#include "kernels/pixels.h"
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

// Sets what the layer's run does not write, if there is any: channels that a shortcut adds.
template <class Element>
void fill_unwritten(const IntegerLayer& layer, BorderedMaps<Element>& maps);

template <class Element>
class PreparedLayer {
 public:
  // For maps like `maps`. The layer must not be the first one; the network must outlive it.
  PreparedLayer(const IntegerNetwork& network, std::size_t index, const LayerMaps<Element>& maps);

  // Computes what the layer stores of the first `images`, or keeps a convolution's accumulators
  // too; not for the last layer.
  void run(LayerMaps<Element>& maps, int images, std::int32_t* sums = nullptr) const;
  // Accumulators of a convolution, [images, height, width, channels].
  void sum(const LayerMaps<Element>& maps, int images, std::int32_t* sums) const;
  // Of layers that compute pixels, from maps of one image: some pixels, within a TileScope; the
  // memory is for a convolution.
  void compute(const LayerMaps<Element>& maps, std::span<const Pixel> pixels,
               BorderedMaps<Element>& output, std::int32_t* memory) const;
  // Not of convolutions whose sums may saturate, nor of those with groups of several channels or
  // filters.
  bool computes_pixels() const {
    return kind_ != LayerKind::convolution || (convolution_ && convolution_->stores_pixels());
  }
  // 0 of a layer without weights or with groups.
  std::size_t memory() const;
  // How sums of a convolution become what it stores.
  Store<Element> store_to(const LayerMaps<Element>& maps, BorderedMaps<Element>& output) const;

 private:
  const IntegerLayer& layer() const { return network_.layers[output_]; }
  // Sums that saturate, step by step.
  void run_stepwise(LayerMaps<Element>& maps, int images, std::int32_t* sums) const;
  void sum_stepwise(const LayerMaps<Element>& maps, int images, std::int32_t* sums) const;
  std::vector<std::int16_t> integers(const LayerMaps<Element>& maps, std::size_t input,
                                     int image) const;

  void compute_any(const LayerMaps<Element>& maps, const Pixels& pixels,
                   BorderedMaps<Element>& output) const;
  void add(const LayerMaps<Element>& maps, const Pixels& pixels,
           BorderedMaps<Element>& output) const;
  void concatenate(const LayerMaps<Element>& maps, const Pixels& pixels,
                   BorderedMaps<Element>& output) const;

  const IntegerNetwork& network_;
  LayerKind kind_;
  ConvolutionShape window_;
  std::size_t output_;
  std::vector<std::size_t> inputs_;
  int first_channel_ = 0;                                  // of a shortcut's input in its output
  std::vector<Requantization<Element>> requantizations_;   // one, but for concat one an input
  std::vector<ChannelScales> input_scales_;                // of an addition
  std::optional<PackedConvolution<Element>> convolution_;  // none where sums may saturate
};

}  // namespace citrine
