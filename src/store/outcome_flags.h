#pragma once
// The yes-or-no parts of an outcome as one byte.
#include <array>
#include <cstdint>
#include <string_view>

#include "faultsim/fault.h"

namespace citrine {

// Names of the bits, bit 0 first.
inline constexpr std::array<std::string_view, 3> kOutcomeFlags = {"sdc5", "drop10", "drop20"};

std::uint8_t outcome_flags(const Outcome& outcome);
// Throws Error if a bit without a name is set.
void set_outcome_flags(Outcome& outcome, std::uint8_t bits);

}  // namespace citrine
