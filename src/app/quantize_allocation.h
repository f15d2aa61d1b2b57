#pragma once
// Mixed precision on the command line.
#include "app/quantization.h"

namespace citrine {

// Throws Error if a limit is given without --allocate, or --allocate without exactly one.
void check_allocation(const Options& options);
// `settings` with the layers' schemes chosen from those of --allocate within the limit that the
// options give.
LowerSettings allocated(const Quantization& quantization, LowerSettings settings,
                        const Options& options);

}  // namespace citrine
