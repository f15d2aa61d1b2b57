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
  const OutputWindows windows(shape);
  const auto index = windows[element].step(static_cast<int>(step));
  if (index < 0) return std::nullopt;
  const auto pixel = index / shape.channels;
  return std::array{pixel / shape.width, pixel % shape.width, index % shape.channels};
}

OutputWindows::OutputWindows(const ConvolutionShape& shape, std::int64_t row_elements)
    : shape_(shape),
      row_elements_(row_elements),
      filters_(static_cast<std::uint32_t>(shape.filters)),
      columns_(static_cast<std::uint32_t>(shape.out_width())),
      depth_(static_cast<std::uint32_t>(shape.group_channels())),
      kernel_(static_cast<std::uint32_t>(shape.kernel)),
      group_filters_(static_cast<std::uint32_t>(shape.filters / shape.groups)) {}

}  // namespace citrine
