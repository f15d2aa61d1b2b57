#pragma once
// Bits that are faulty at a bit error rate.
#include <cstdint>
#include <vector>

#include "faultsim/fault_space.h"
#include "kernels/random.h"

namespace citrine {

// Which of `bits`, below 2^63, are faulty, each with probability `rate` independently, ascending:
// gaps between them are GeometricDraws.
std::vector<std::uint64_t> draw_places(std::uint64_t bits, double rate, Key key);

// A site's single bits, whatever the width of the model's faults.
FaultSpace bit_error_space(const IntegerNetwork& network, Site site, FaultModel model);
// Its faulty ones in order; random values are drawn anew.
std::vector<Fault> draw_faults(const FaultSpace& space, double rate, Key key);

}  // namespace citrine
