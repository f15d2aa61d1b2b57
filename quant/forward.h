#pragma once
// Integer inference: no float between input codes and logits.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/aligned_vector.h"
#include "kernels/backend.h"
#include "quant/integer_network.h"

namespace citrine {

// What layer.inputs[i] stores, one span each.
using LayerInputs = std::span<const std::span<const std::int16_t>>;

// Everything that the run of one image stores.
struct Activations {
  std::vector<std::vector<std::int16_t>> stored;  // by layer; the last one is empty
  // By layer; accumulators of convolutions but the last one, and kVectorSlack more; else empty.
  std::vector<AlignedVector<std::int32_t>> sums;
  std::vector<std::int32_t> logits;
};

// Stored output of a layer from the stored outputs of its inputs, [height, width, channels]; not
// for the input and not for the last layer. `inputs[i]` is what layer.inputs[i] stores. A
// convolution's accumulators are left in `sums`, if there is one.
std::vector<std::int16_t> compute_layer(const IntegerLayer& layer, LayerInputs inputs,
                                        const Backend& backend,
                                        AlignedVector<std::int32_t>* sums = nullptr);
// A convolution's accumulator once the residual of the same element is added.
std::int32_t with_residual(const IntegerLayer& layer, int channel, std::int32_t accumulator,
                           std::int32_t residual);
// What a convolution stores for an accumulator and a residual.
std::int16_t requantize(const IntegerLayer& layer, int channel, std::int32_t accumulator,
                        std::int32_t residual);
// What a layer stores for a sum that is already scaled.
std::int16_t store(const IntegerLayer& layer, std::int64_t value);
// One element of what a pool, sum, concatenation or shortcut stores. A max pool looks at taps
// within the map only; an average counts padded taps as 0.
std::int16_t stored_element(const IntegerLayer& layer, LayerInputs inputs, int row, int column,
                            int channel);

// Registers of a convolution's MAC units: a product that holds every product of two operands, also
// of those that only a fault makes.
MacWidths mac_widths(const IntegerNetwork& network, const IntegerLayer& layer);
// A layer's convolution of one image's map, as the accelerator computes it. Pointers are borrowed.
Convolution convolution_of(const IntegerNetwork& network, const IntegerLayer& layer,
                           const std::int16_t* input);

// Throw Error unless there are as many codes as one image, or `count`, have.
void check_image(const IntegerNetwork& network, std::span<const std::int16_t> image);
void check_images(const IntegerNetwork& network, std::span<const std::int16_t> images,
                  std::int64_t count);

// May change what layer `index` stores before others read it, of the last layer the logits; says
// whether it did.
using Alter = std::function<bool(std::size_t index, Activations& run)>;
// Everything that one image's run stores; `input`: its codes [height, width, channels]. Throws
// Error as check_image().
Activations forward(const IntegerNetwork& network, std::span<const std::int16_t> input,
                    const Backend& backend, const Alter& alter = {});
// Logits of `count` images, [count, classes], over all threads.
std::vector<std::int32_t> logits(const IntegerNetwork& network,
                                 std::span<const std::int16_t> images, std::int64_t count,
                                 const Backend& backend);

}  // namespace citrine
