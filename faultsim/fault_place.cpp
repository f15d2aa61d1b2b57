#include "faultsim/fault_place.h"

#include "faultsim/mac_faults.h"

namespace citrine {

std::array<std::int64_t, 3> output_place(const IntegerLayer& layer, std::int64_t element) {
  const auto pixel = element / layer.channels;
  return {pixel / layer.width, pixel % layer.width, element % layer.channels};
}

std::array<std::int64_t, 3> step_place(const IntegerLayer& layer, std::int64_t step) {
  const auto& shape = layer.convolution;
  const auto tap = step / shape.group_channels();
  return {tap / shape.kernel, tap % shape.kernel, step % shape.group_channels()};
}

int mac_step(const IntegerNetwork& network, const Fault& fault) {
  return mac_step(fault, network.layers[fault.layer].weight_format);
}

std::optional<std::array<std::int64_t, 3>> input_place(const IntegerLayer& layer,
                                                       std::int64_t element, std::int64_t step) {
  const auto& shape = layer.convolution;
  const auto index = input_index(shape, element, static_cast<int>(step));
  if (index < 0) return std::nullopt;
  const auto pixel = index / shape.channels;
  return std::array{pixel / shape.width, pixel % shape.width, index % shape.channels};
}

std::int64_t input_index(const ConvolutionShape& shape, std::int64_t output, int step) {
  const int filter = static_cast<int>(output % shape.filters), depth = shape.group_channels();
  const int pixel = static_cast<int>(output / shape.filters), tap = step / depth;
  const int row = pixel / shape.out_width() * shape.stride - shape.padding + tap / shape.kernel;
  const int column = pixel % shape.out_width() * shape.stride - shape.padding + tap % shape.kernel;
  if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) return -1;
  const int channel = filter / (shape.filters / shape.groups) * depth + step % depth;
  return (std::int64_t{row} * shape.width + column) * shape.channels + channel;
}

}  // namespace citrine
