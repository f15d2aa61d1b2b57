#pragma once
// A slow model of the accelerator, written apart from the engine: an array of MAC units simulated
// clock by clock, register by register, and plain loops for everything else.
#include <cstdint>
#include <vector>

#include "faultsim/fault.h"
#include "faultsim/fault_model.h"
#include "quant/integer_network.h"

namespace citrine::testing {

using Tensor = std::vector<std::int64_t>;  // [height, width, channels]

struct ReferenceRun {
  std::vector<Tensor> accumulators;  // by layer; empty where there are none
  std::vector<Tensor> stored;        // by layer; the last one's are the logits
};

// With faults of one site. With the fault-free run given, layers before the faulty ones are taken
// from it.
ReferenceRun run_reference(IntegerNetwork network, const std::vector<std::int16_t>& image,
                           const std::vector<Fault>& faults, const ReferenceRun* golden = nullptr,
                           const ArrayShape& array = {.rows = 2, .columns = 3});

}  // namespace citrine::testing
