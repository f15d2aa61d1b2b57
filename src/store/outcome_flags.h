#pragma once
// The yes-or-no parts of an outcome as one byte.
#include <cstdint>

#include "faultsim/fault.h"

namespace citrine {

// Bit i says whether it is failure i.
std::uint8_t outcome_flags(const Outcome& outcome);
// Throws Error if a bit of no failure is set.
void set_outcome_flags(Outcome& outcome, std::uint8_t bits);

}  // namespace citrine
