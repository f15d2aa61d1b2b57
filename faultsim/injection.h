#pragma once
// Applies one fault where it is, to the sums of the fault-free run.
#include <cstdint>
#include <optional>

#include "faultsim/fault.h"
#include "faultsim/faulty_run.h"
#include "quant/integer_network.h"

namespace citrine {

// What an element reads as once the bits of `mask` are flipped in its code.
std::int16_t flip_bits(const NumberFormat& format, std::int32_t value, std::uint32_t mask);

// Changes in `run`, which has started, what the fault changes in its layer. Gives the kind of
// masking, or nothing if a stored element or a logit changed. The network must have the fault.
std::optional<OutcomeKind> inject(const IntegerNetwork& network, const Fault& fault,
                                  const Activations& golden, FaultyRun& run);

}  // namespace citrine
