#pragma once
// Where outputs and steps are: indices as rows, columns and channels.
#include <array>
#include <cstdint>
#include <optional>

#include "faultsim/fault.h"
#include "quant/integer_network.h"

namespace citrine {

// Row, column and channel of an element of a layer.
std::array<std::int64_t, 3> output_place(const IntegerLayer& layer, std::int64_t element);
// Row, column and channel (of the filter's group) of a step in the kernel.
std::array<std::int64_t, 3> step_place(const IntegerLayer& layer, std::int64_t step);
// The multiply-accumulate of its output that a fault of a site with steps is in; behind the last
// one if its cycle has none.
int mac_step(const IntegerNetwork& network, const Fault& fault);
// Row, column and channel of the input that an output reads in a step; nothing on padding.
std::optional<std::array<std::int64_t, 3>> input_place(const IntegerLayer& layer,
                                                       std::int64_t element, std::int64_t step);
// The same as an index into the input; -1 on padding.
std::int64_t input_index(const ConvolutionShape& shape, std::int64_t output, int step);

}  // namespace citrine
