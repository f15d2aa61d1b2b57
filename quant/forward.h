#pragma once
// Integer inference: no float between input codes and logits.
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/backend.h"
#include "quant/integer_network.h"

namespace citrine {

// Stored output of layer `index` from the stored outputs of its inputs, [height, width, channels]; not for the input and
// not for the last layer. `inputs[i]` is what layer.inputs[i] stores.
std::vector<std::int16_t> compute_layer(const IntegerLayer& layer, std::span<const std::span<const std::int16_t>> inputs,
                                        const Backend& backend);
// What a convolution stores for an accumulator (of output `element`), its residual added.
std::int16_t requantize(const IntegerLayer& layer, std::int32_t accumulator, std::int32_t residual);

// Logits of `count` images, [count, classes], over all threads.
std::vector<std::int32_t> logits(const IntegerNetwork& network, std::span<const std::int16_t> images,
                                 std::int64_t count, const Backend& backend);

}  // namespace citrine
