#pragma once
// What each layer stores in a faulty run, against the fault-free one.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/explanation.h"
#include "faultsim/fault.h"
#include "faultsim/fault_model.h"
#include "quant/forward.h"
#include "quant/integer_network.h"

namespace citrine {

// Two runs of one network. All is borrowed.
struct Runs {
  const IntegerNetwork& network;
  const Activations &golden, &faulty;

  bool is_last(std::size_t layer) const { return layer + 1 == network.layers.size(); }
  // By how much a stored element, of the last layer a logit, changed.
  std::int64_t change_of(std::size_t layer, std::size_t element) const;
};

// `faults`: of one site, all in the faulty run.
std::vector<LayerDifference> layer_differences(const Runs& runs, std::span<const Fault> faults,
                                               const ArrayShape& array);

}  // namespace citrine
