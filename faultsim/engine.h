#pragma once
// Runs faulty inferences exactly: recomputes the faulty site, then what its change reaches.
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "faultsim/fault.h"
#include "faultsim/fault_model.h"
#include "kernels/backend.h"
#include "quant/forward.h"
#include "quant/integer_network.h"

namespace citrine {

// Everything that the fault-free run of one image stores.
using Golden = Activations;

// An element of a layer that stores another value; of the last layer, a logit.
struct Change {
  std::uint32_t layer = 0, element = 0;
  std::int32_t value = 0;
};

class Engine {
 public:
  // Both must outlive the engine. Throws Error if the network fails check() or has over 256
  // classes.
  Engine(const IntegerNetwork& network, const Backend& backend, const ArrayShape& array = {});
  ~Engine();
  // `input`: codes of one image.
  Golden golden(std::span<const std::int16_t> input) const;
  // Safe to call from several threads. Kinds of masking: docs/method.md, "Faults". Throws Error if
  // the network has no such fault.
  Outcome run(const Fault& fault, const Golden& golden) const;
  // One outcome a fault. Faster: what a thread keeps of an image is made once.
  std::vector<Outcome> run(std::span<const Fault> faults, const Golden& golden) const;
  // One outcome a change, each a trial of its own; masked_later where it is no change. The layer
  // and the element must be the network's, the value what a code of its format reads as.
  std::vector<Outcome> run(std::span<const Change> changes, const Golden& golden) const;
  // Logits under one fault.
  std::vector<std::int32_t> faulty_logits(const Fault& fault, const Golden& golden) const;
  // Of faults of one site, all in one inference. Computes everything.
  Outcome run_together(std::span<const Fault> faults, const Golden& golden) const;
  std::vector<std::int32_t> faulty_logits(std::span<const Fault> faults,
                                          std::span<const std::int16_t> input) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The network with faults in its weight memory. Throws Error for other sites.
IntegerNetwork with_faults(IntegerNetwork network, std::span<const Fault> weight_faults);

}  // namespace citrine
