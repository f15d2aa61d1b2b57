#pragma once
// Faulty inferences on this processor: only what changed goes through the layers, as differences.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/difference_network.h"
#include "faultsim/faulty_run.h"
#include "kernels/aligned_vector.h"
#include "kernels/map_changes.h"
#include "kernels/pixel_set.h"

namespace citrine {

template <class Element>
class DifferenceRun : public FaultyRun {
 public:
  explicit DifferenceRun(const DifferenceNetwork<Element>& network);
  void load(const Activations& golden) override;
  void start() override;
  void change(std::size_t layer, std::size_t element, std::int16_t code) override;
  void change_logit(std::size_t element, std::int32_t logit) override { logits_[element] = logit; }
  void propagate(std::size_t layer) override;
  std::span<const std::int32_t> logits() const override { return logits_; }

 private:
  using Layer = DifferenceLayer<Element>;

  void restore();
  void need(std::size_t layer);
  void update(std::size_t index);
  void recompute(const Layer& layer, std::span<const Pixel> pixels, BorderedMaps<Element>& output);
  void mark_reached(const Layer& layer, const WindowReach& reach, PixelSet& pixels) const;
  void mark_changed(std::size_t input, PixelSet& pixels) const;
  bool is_anew_cheaper(const Layer& layer, std::size_t outputs) const;
  MapChanges& terms_of(std::size_t layer);
  ChangedInput input_of(const Layer& layer, const std::int32_t* golden);
  void update_logits(const Layer& layer);

  const DifferenceNetwork<Element>& network_;
  const Activations* golden_ = nullptr;
  LayerMaps<Element> golden_maps_, maps_;      // what the layers store without faults, and with
  std::vector<bool> is_loaded_;                // their maps: when first needed
  std::vector<MapChanges> changes_;            // by layer but the last one
  std::vector<PixelSet> pixels_;               // by layer but the last one; to be recomputed
  AlignedVector<std::int32_t> memory_;         // of a convolution
  AlignedVector<std::int32_t> golden_logits_;  // and slack
  std::vector<std::int32_t> logits_;
};

}  // namespace citrine
