#pragma once
// Which scales the steps of a layer and of its inputs ask for.
#include "quant/integer_network.h"

namespace citrine {

// Real value of a unit of a convolution's accumulator.
double accumulator_unit(const IntegerNetwork& network, const IntegerLayer& convolution, int filter);

// Sets scales, residual scales and input scales of a layer whose inputs and steps are set;
// `network` holds the inputs. A sum's unit is its finest input's step, or 1/256 of it where another
// input's step is not 2^k times as large; inputs over 2^20 times as fine as the coarsest are
// rounded. Ratios beyond 2^-30 to 2^30 are clamped to them.
void set_scales(const IntegerNetwork& network, IntegerLayer& layer);

}  // namespace citrine
