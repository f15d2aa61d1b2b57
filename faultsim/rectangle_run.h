#pragma once
// Faulty inferences on any backend: a layer is recomputed only in the rectangle that changed inputs
// reach.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/faulty_run.h"
#include "kernels/backend.h"
#include "quant/forward.h"

namespace citrine {

// Rows [top, bottom) and columns [left, right) of a map.
struct Rectangle {
  int top = 0, left = 0, bottom = 0, right = 0;
  bool is_empty() const { return top >= bottom || left >= right; }
  int height() const { return bottom - top; }
  int width() const { return right - left; }
  bool operator==(const Rectangle&) const = default;
};
// The smallest rectangle that holds both.
Rectangle join(const Rectangle& a, const Rectangle& b);
// Outputs whose window touches `changed` inputs.
Rectangle reach(const ConvolutionShape& window, const Rectangle& changed);

// Network and backend are borrowed.
class RectangleRun : public FaultyRun {
 public:
  RectangleRun(const IntegerNetwork& network, const Backend& backend);
  void load(const Activations& golden) override { golden_ = &golden; }
  void start() override;
  void change(std::size_t layer, std::size_t element, std::int16_t code) override;
  void change_logit(std::size_t element, std::int32_t logit) override { logits_[element] = logit; }
  void propagate(std::size_t layer) override;
  std::span<const std::int32_t> logits() const override { return logits_; }

 private:
  // What `layer` stores now.
  std::span<const std::int16_t> stored(std::size_t layer) const;
  Rectangle changed_outputs(const IntegerLayer& layer) const;
  void recompute(std::size_t index, const Rectangle& outputs);
  void recompute_convolution(std::size_t index, const Rectangle& outputs);
  void recompute_elements(std::size_t index, const Rectangle& outputs);
  // Accumulators of the rectangle, [height, width, filters].
  void convolve(const IntegerLayer& layer, const Rectangle& outputs);
  void copy_window(const IntegerLayer& layer, const Rectangle& outputs,
                   const ConvolutionShape& window);

  const IntegerNetwork& network_;
  const Backend& backend_;
  const Activations* golden_ = nullptr;
  std::vector<Rectangle> changed_;  // by layer
  std::vector<std::vector<std::int16_t>>
      stored_;  // by layer; valid where the rectangle is not empty
  std::vector<std::int32_t> logits_;
  std::vector<std::int16_t> window_;
  std::vector<std::int32_t> accumulators_;
  std::vector<std::span<const std::int16_t>> inputs_;
};

}  // namespace citrine
