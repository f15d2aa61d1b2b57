#include "quant/forward.h"

#include <algorithm>

#include <tbb/parallel_for.h>

#include "kernels/error.h"
#include "kernels/fixed_point.h"
#include "kernels/requantization.h"
#include "quant/prepared_network.h"

namespace citrine {
namespace {

// Calls visit(code) for every tap of the window that lies within the map.
template <class Visit>
void visit_window(const IntegerLayer& layer, std::span<const std::int16_t> map, int row, int column,
                  int channel, Visit visit) {
  const auto& shape = layer.convolution;
  const int top = row * shape.stride - shape.padding, left = column * shape.stride - shape.padding;
  for (int y = std::max(top, 0); y < std::min(top + shape.kernel, shape.height); ++y)
    for (int x = std::max(left, 0); x < std::min(left + shape.kernel, shape.width); ++x)
      visit(map[(static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) +
                 static_cast<std::size_t>(x)) *
                    static_cast<std::size_t>(layer.channels) +
                static_cast<std::size_t>(channel)]);
}

std::int16_t max_pool(const IntegerLayer& layer, std::span<const std::int16_t> map, int row,
                      int column, int channel) {
  std::int16_t largest = INT16_MIN;
  visit_window(layer, map, row, column, channel,
               [&](std::int16_t code) { largest = std::max(largest, code); });
  return store(layer, layer.scale(0)(largest));
}

std::int16_t average_pool(const IntegerLayer& layer, std::span<const std::int16_t> map, int row,
                          int column, int channel) {
  std::int64_t sum = 0;
  visit_window(layer, map, row, column, channel, [&](std::int16_t code) { sum += code; });
  const std::int64_t taps = std::int64_t{layer.convolution.kernel} * layer.convolution.kernel;
  return store(layer, layer.scale(0)(round_divide(sum, taps)));
}

std::int16_t sum_element(const IntegerLayer& layer, LayerInputs inputs, std::int64_t element) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    sum += layer.input_scales[i](inputs[i][static_cast<std::size_t>(element)]);
  return store(layer, layer.scale(0)(wrap(sum, 32, true)));
}

std::int16_t concatenated(const IntegerLayer& layer, LayerInputs inputs, std::int64_t pixel,
                          int channel) {
  std::size_t i = 0;
  const auto pixels = static_cast<std::int64_t>(layer.height) * layer.width;
  const auto depth = [&] { return static_cast<std::int64_t>(inputs[i].size()) / pixels; };
  std::int64_t local = channel;
  for (; local >= depth(); ++i) local -= depth();
  const auto code = inputs[i][static_cast<std::size_t>(pixel * depth() + local)];
  return store(layer, layer.input_scales[i](code));
}

std::int16_t shortcut(const IntegerLayer& layer, std::span<const std::int16_t> map, int row,
                      int column, int channel) {
  const auto& shape = layer.convolution;
  const int source = channel - (layer.channels - shape.channels) / 2;
  if (source < 0 || source >= shape.channels) return store(layer, 0);
  const std::int64_t pixel = std::int64_t{row} * shape.stride * shape.width + column * shape.stride;
  const auto code = map[static_cast<std::size_t>(pixel * shape.channels + source)];
  return store(layer, layer.input_scales[0](code));
}

// Widths that no fault-free product can leave.
MacWidths registers_of(const IntegerLayer& layer) {
  return {.product = 32,
          .accumulator = layer.accumulator.bits,
          .saturates = layer.accumulator.overflow == Overflow::saturate};
}

Convolution fault_free(const IntegerLayer& layer, const std::int16_t* input) {
  Convolution convolution;
  convolution.shape = layer.convolution;
  convolution.input = input;
  convolution.weights = layer.weights.data();
  convolution.bias = layer.bias.data();
  convolution.widths = registers_of(layer);
  return convolution;
}

std::vector<std::int16_t> convolve_layer(const IntegerLayer& layer, LayerInputs inputs,
                                         const Backend& backend,
                                         AlignedVector<std::int32_t>* sums) {
  std::vector<std::int32_t> accumulators(static_cast<std::size_t>(layer.elements()));
  backend.convolve(fault_free(layer, inputs[0].data()), accumulators);
  std::vector<std::int16_t> stored(accumulators.size());
  const auto channels = static_cast<std::size_t>(layer.channels);
  for (std::size_t i = 0; i < stored.size(); ++i)
    stored[i] = requantize(layer, static_cast<int>(i % channels), accumulators[i],
                           inputs.size() > 1 ? inputs[1][i] : 0);
  if (sums != nullptr) {
    sums->assign(accumulators.begin(), accumulators.end());
    sums->resize(stored.size() + kVectorSlack);
  }
  return stored;
}

}  // namespace

std::int16_t store(const IntegerLayer& layer, std::int64_t value) {
  const auto clamped = clamp(value, layer.low, layer.high);
  const auto& number = layer.format.number;
  return static_cast<std::int16_t>(number.has_gaps() ? number.nearest(clamped) : clamped);
}

std::int32_t with_residual(const IntegerLayer& layer, int channel, std::int32_t accumulator,
                           std::int32_t residual) {
  return registers_of(layer).accumulated(accumulator + layer.residual_scale(channel)(residual));
}

std::int16_t requantize(const IntegerLayer& layer, int channel, std::int32_t accumulator,
                        std::int32_t residual) {
  return store(layer, layer.scale(channel)(with_residual(layer, channel, accumulator, residual)));
}

std::int16_t stored_element(const IntegerLayer& layer, LayerInputs inputs, int row, int column,
                            int channel) {
  const std::int64_t pixel = std::int64_t{row} * layer.width + column;
  switch (layer.kind) {
    case LayerKind::max_pool:
      return max_pool(layer, inputs[0], row, column, channel);
    case LayerKind::average_pool:
      return average_pool(layer, inputs[0], row, column, channel);
    case LayerKind::add:
      return sum_element(layer, inputs, pixel * layer.channels + channel);
    case LayerKind::concat:
      return concatenated(layer, inputs, pixel, channel);
    case LayerKind::shortcut:
      return shortcut(layer, inputs[0], row, column, channel);
    case LayerKind::input:
    case LayerKind::convolution:
      break;
  }
  throw Error("layer '", layer.name, "' of kind ", name_of(layer.kind),
              " has no elementwise output");
}

std::vector<std::int16_t> compute_layer(const IntegerLayer& layer, LayerInputs inputs,
                                        const Backend& backend, AlignedVector<std::int32_t>* sums) {
  if (layer.kind == LayerKind::convolution) return convolve_layer(layer, inputs, backend, sums);
  std::vector<std::int16_t> stored;
  stored.reserve(static_cast<std::size_t>(layer.elements()));
  for (int row = 0; row < layer.height; ++row)
    for (int column = 0; column < layer.width; ++column)
      for (int channel = 0; channel < layer.channels; ++channel)
        stored.push_back(stored_element(layer, inputs, row, column, channel));
  return stored;
}

MacWidths mac_widths(const IntegerNetwork& network, const IntegerLayer& layer) {
  const auto& activation = network.layers[static_cast<std::size_t>(layer.inputs[0])].format.number;
  auto widths = registers_of(layer);
  const int least = layer.weight_format.value_bits() + activation.value_bits();
  widths.product = std::max(least, layer.product_bits);
  return widths;
}

Convolution convolution_of(const IntegerNetwork& network, const IntegerLayer& layer,
                           const std::int16_t* input) {
  auto convolution = fault_free(layer, input);
  convolution.widths = mac_widths(network, layer);
  return convolution;
}

void check_image(const IntegerNetwork& network, std::span<const std::int16_t> image) {
  if (static_cast<std::int64_t>(image.size()) != network.input().elements())
    throw Error("an image must have ", network.input().elements(), " codes, got ", image.size());
}

void check_images(const IntegerNetwork& network, std::span<const std::int16_t> images,
                  std::int64_t count) {
  const std::int64_t size = network.input().elements();
  if (static_cast<std::int64_t>(images.size()) != size * count)
    throw Error(count, " images must have ", size, " codes each, got ", images.size(), " in all");
}

Activations forward(const IntegerNetwork& network, std::span<const std::int16_t> input,
                    const Backend& backend, const Alter& alter) {
  check_image(network, input);
  Activations run;
  run.stored.reserve(network.layers.size());
  run.stored.emplace_back(input.begin(), input.end());
  run.sums.resize(network.layers.size());
  std::vector<std::span<const std::int16_t>> inputs;
  for (std::size_t i = 1; i + 1 < network.layers.size(); ++i) {
    const auto& layer = network.layers[i];
    inputs.clear();
    for (const int source : layer.inputs)
      inputs.emplace_back(run.stored[static_cast<std::size_t>(source)]);
    run.stored.push_back(compute_layer(layer, inputs, backend, &run.sums[i]));
    if (alter) alter(i, run);
  }
  const auto& last = network.output();
  run.logits.resize(static_cast<std::size_t>(last.elements()));
  backend.convolve(fault_free(last, run.stored[static_cast<std::size_t>(last.inputs[0])].data()),
                   run.logits);
  run.stored.emplace_back();
  if (alter) alter(run.stored.size() - 1, run);
  return run;
}

std::vector<std::int32_t> logits(const IntegerNetwork& network,
                                 std::span<const std::int16_t> images, std::int64_t count,
                                 const Backend& backend) {
  if (backend.is_processor()) return PreparedNetwork(network).logits(images, count);
  check_images(network, images, count);
  const auto size = static_cast<std::size_t>(network.input().elements());
  const auto classes = static_cast<std::size_t>(network.output().elements());
  std::vector<std::int32_t> all(classes * static_cast<std::size_t>(count));
  tbb::parallel_for(std::size_t{0}, static_cast<std::size_t>(count), [&](std::size_t image) {
    const auto run = forward(network, images.subspan(image * size, size), backend);
    std::ranges::copy(run.logits, all.begin() + static_cast<std::ptrdiff_t>(image * classes));
  });
  return all;
}

}  // namespace citrine
