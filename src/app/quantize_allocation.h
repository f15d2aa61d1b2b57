#pragma once
// Mixed precision on the command line.
#include "app/quantization.h"

namespace citrine {

// `settings` with the layers' schemes chosen from those of --allocate within the limit that the
// options give.
LowerSettings allocated(const Quantization& quantization, LowerSettings settings,
                        const Options& options);

}  // namespace citrine
