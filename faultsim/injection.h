#pragma once
// Applies one fault where it is, to the sums of the fault-free run.
#include <cstdint>
#include <optional>

#include "faultsim/fault.h"
#include "faultsim/faulty_run.h"
#include "quant/integer_network.h"

namespace citrine {

// Does the fault change at most one channel of one layer, before that spreads?
bool is_local(const IntegerNetwork& network, const Fault& fault);
// Changes in `run`, which has started, what the fault changes in its layer. Gives the kind of
// masking, or nothing if a stored element or a logit changed. The network must have the fault,
// which must be local.
std::optional<OutcomeKind> inject(const IntegerNetwork& network, const Fault& fault,
                                  const Activations& golden, FaultyRun& run);

}  // namespace citrine
