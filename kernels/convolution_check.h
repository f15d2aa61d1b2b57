#pragma once
// What must hold before a convolution is computed: sizes, register widths, the place of the fault.
#include <cstddef>

#include "kernels/convolution.h"

namespace citrine {

// Throws Error unless `op` is valid and its result has `outputs` elements.
void check_convolution(const Convolution& op, std::size_t outputs);

}  // namespace citrine
