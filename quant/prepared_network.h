#pragma once
// An integer network ready for many inferences on this processor: weights are packed once, layers
// are requantized while their sums are at hand, and integers take 8 bits where all fit.
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "quant/forward.h"
#include "quant/integer_network.h"

namespace citrine {

class PreparedNetwork {
 public:
  // The network must pass check() and outlive this.
  explicit PreparedNetwork(const IntegerNetwork& network);
  ~PreparedNetwork();

  // As the functions of the same names in quant/forward.h with any backend. Safe to call from
  // several threads. Both throw Error for an image with codes beyond the range of the input;
  // `alter` must leave what codes of the layer's format can read as.
  Activations forward(std::span<const std::int16_t> image, const Alter& alter = {}) const;
  std::vector<std::int32_t> logits(std::span<const std::int16_t> images, std::int64_t count) const;

  class Program;

 private:
  const IntegerNetwork& network_;
  std::unique_ptr<Program> program_;
};

}  // namespace citrine
