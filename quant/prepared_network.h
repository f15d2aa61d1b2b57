#pragma once
// An integer network ready for many inferences on this processor: weights are packed once, layers
// are requantized while their sums are at hand, and integers take 8 bits where all fit.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "quant/forward.h"
#include "quant/integer_network.h"
#include "quant/layer_run.h"

namespace citrine {

// What a run alters of a layer: nothing, or what it stores, for which it may need the sums.
enum class Altered : std::uint8_t { nothing, without_sums, with_sums };

// Of a run: `altered` is asked before a layer is computed, `alter` is called for those of which
// something is. What it leaves must be what codes of the layer's format can read as.
struct Alteration {
  std::function<Altered(std::size_t layer)> altered;
  std::function<void(std::size_t layer, const LayerRun& run)> alter;
};

class PreparedNetwork {
 public:
  // The network must pass check() and outlive this.
  explicit PreparedNetwork(const IntegerNetwork& network);
  ~PreparedNetwork();

  // As the functions of the same names in quant/forward.h with any backend. Safe to call from
  // several threads. All throw Error for an image with codes beyond the range of the input.
  Activations forward(std::span<const std::int16_t> image) const;
  std::vector<std::int32_t> logits(std::span<const std::int16_t> images, std::int64_t count) const;
  // Of one image's run that is altered.
  std::vector<std::int32_t> logits(std::span<const std::int16_t> image,
                                   const Alteration& alteration) const;

  class Program;

 private:
  const IntegerNetwork& network_;
  std::unique_ptr<Program> program_;
};

}  // namespace citrine
