#pragma once
// From a trained float network to the integer network of the accelerator, without labels.
#include <cstdint>
#include <functional>
#include <span>

#include "graph/weights.h"
#include "lower/lower_settings.h"
#include "quant/integer_network.h"

namespace citrine {

// Graph with every batch norm folded into the convolution before it; one that has none becomes a
// 1x1 depthwise convolution.
Network fold_batch_norm(const Network& network);

// `images`: normalized calibration images [count, height, width, channels]. Throws Error that names
// the layer where a value is not finite, a range is zero or an operation has no integer form, or
// that a scheme is for but that the graph does not have.
IntegerNetwork lower(const Network& network, std::span<const float> images, std::int64_t count,
                     const LowerSettings& settings = {},
                     const std::function<void(int done, int total)>& progress = {});

}  // namespace citrine
