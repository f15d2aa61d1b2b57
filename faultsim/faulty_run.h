#pragma once
// One faulty inference as its difference to the fault-free one.
#include <cstddef>
#include <cstdint>
#include <span>

#include "quant/forward.h"

namespace citrine {

// Keeps its memory from run to run; one thread at a time.
class FaultyRun {
 public:
  virtual ~FaultyRun() = default;
  // Begins to run faults of this image, which is borrowed.
  virtual void load(const Activations& golden) = 0;
  // Begins with no difference to the fault-free run.
  virtual void start() = 0;
  // Changes elements of one layer that lie in different pixels, or logits.
  virtual void change(std::size_t layer, std::size_t element, std::int16_t code) = 0;
  virtual void change_logit(std::size_t element, std::int32_t logit) = 0;
  // Recomputes every layer behind `layer` that a change reaches, logits included.
  virtual void propagate(std::size_t layer) = 0;
  virtual std::span<const std::int32_t> logits() const = 0;
};

}  // namespace citrine
