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
  const auto index = OutputWindow(shape, element).step(static_cast<int>(step));
  if (index < 0) return std::nullopt;
  const auto pixel = index / shape.channels;
  return std::array{pixel / shape.width, pixel % shape.width, index % shape.channels};
}

OutputWindow::OutputWindow(const ConvolutionShape& shape, std::int64_t output,
                           std::int64_t row_elements)
    : shape_(shape), row_elements_(row_elements) {
  const auto index = static_cast<std::uint32_t>(output);  // below 2^31
  const auto filters = static_cast<std::uint32_t>(shape.filters);
  const auto width = static_cast<std::uint32_t>(shape.out_width());
  const auto pixel = index / filters;
  filter_ = static_cast<int>(index % filters);
  row_ = static_cast<int>(pixel / width) * shape.stride - shape.padding;
  column_ = static_cast<int>(pixel % width) * shape.stride - shape.padding;
  channel_ =
      shape.groups == 1 ? 0 : filter_ / (shape.filters / shape.groups) * shape.group_channels();
}

std::int64_t OutputWindow::step(int step) const {
  const int depth = shape_.group_channels(), at = step / depth;
  const auto index = tap(at / shape_.kernel, at % shape_.kernel);
  return index < 0 ? index : index + step % depth;
}

}  // namespace citrine
