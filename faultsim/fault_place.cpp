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
  return MacFaults(network, network.layers[fault.layer], nullptr).step(fault);
}

std::optional<std::array<std::int64_t, 3>> input_place(const IntegerLayer& layer,
                                                       std::int64_t element, std::int64_t step) {
  const auto& shape = layer.convolution;
  const auto [out_row, out_column, filter] = output_place(layer, element);
  const auto [ky, kx, channel] = step_place(layer, step);
  const auto row = out_row * shape.stride - shape.padding + ky;
  const auto column = out_column * shape.stride - shape.padding + kx;
  if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) return std::nullopt;
  const auto group = filter / (shape.filters / shape.groups);
  return std::array{row, column, group * shape.group_channels() + channel};
}

}  // namespace citrine
