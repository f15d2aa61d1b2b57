#pragma once
// Integer convolution with an optional fault in one multiply-accumulate: one body for host and
// device.
#include <cstdint>

#include "kernels/bits.h"
#include "kernels/host_device.h"

namespace citrine {

// Square kernels; a fully connected layer is a 1x1 convolution of a 1x1 map.
struct ConvolutionShape {
  int height = 1, width = 1, channels = 1;  // input map
  int filters = 1;                          // output channels
  int kernel = 1, stride = 1, padding = 0, groups = 1;

  CITRINE_HD constexpr int out_height() const {
    return (height + 2 * padding - kernel) / stride + 1;
  }
  CITRINE_HD constexpr int out_width() const { return (width + 2 * padding - kernel) / stride + 1; }
  CITRINE_HD constexpr int group_channels() const { return channels / groups; }
  // Multiply-accumulates of one output; padded taps count, their activation is 0.
  CITRINE_HD constexpr int steps() const { return kernel * kernel * group_channels(); }
  CITRINE_HD constexpr std::int64_t outputs() const {
    return std::int64_t{out_height()} * out_width() * filters;
  }
  CITRINE_HD constexpr std::int64_t macs() const { return outputs() * steps(); }
  bool operator==(const ConvolutionShape&) const = default;
};

enum class MacSite : std::uint8_t {
  none,
  weight_operand,
  activation_operand,
  product,
  accumulator
};

// One fault in one MAC: an operand that is read as another one, or changed bits of a result.
// `output` counts over all images of the batch, [images, out_height, out_width, filters]; `step`
// counts (k_y, k_x, channel of the group), channel fastest.
struct MacFault {
  MacSite site = MacSite::none;
  std::int64_t output = -1;
  std::int32_t step = 0;
  BitChange change = {};  // of the product or accumulator register
  std::int32_t operand =
      0;  // what a faulty operand register is read as: its code tells, not its bits
};

// Result registers of a MAC unit: widths in bits; signed. A product wraps, and so does an
// accumulator unless it saturates.
struct MacWidths {
  int product = 16, accumulator = 32;
  bool saturates = false;

  CITRINE_HD constexpr std::int32_t accumulated(std::int64_t sum) const {
    return saturates ? saturate(sum, accumulator) : wrap(sum, accumulator, true);
  }
};

struct Convolution {
  ConvolutionShape shape;
  int images = 1;
  const std::int16_t* input = nullptr;    // [images, height, width, channels]
  const std::int16_t* weights = nullptr;  // [filters, kernel, kernel, channels / groups]
  const std::int32_t* bias = nullptr;     // [filters]: what the accumulator starts at
  MacWidths widths;
  MacFault fault;

  CITRINE_HD std::int64_t outputs() const { return images * shape.outputs(); }

  // Accumulator of output `index` after all steps, in step order.
  CITRINE_HD std::int32_t operator()(std::int64_t index) const {
    std::int32_t accumulator = bias[index % shape.filters];
    for (int step = 0; step < shape.steps(); ++step) {
      const bool is_faulty = index == fault.output && step == fault.step;
      accumulator = multiply_accumulate(accumulator, weight(index, step), activation(index, step),
                                        is_faulty ? fault.site : MacSite::none);
    }
    return accumulator;
  }

  // Operands of one MAC without its fault; 0 for an activation on padding.
  CITRINE_HD std::int32_t weight(std::int64_t index, int step) const {
    return weights[index % shape.filters * shape.steps() + step];
  }
  CITRINE_HD std::int32_t activation(std::int64_t index, int step) const {
    const int filter = static_cast<int>(index % shape.filters);
    const std::int64_t pixel = index / shape.filters;
    const int x = static_cast<int>(pixel % shape.out_width());
    const int y = static_cast<int>(pixel / shape.out_width() % shape.out_height());
    const std::int64_t image = pixel / shape.out_width() / shape.out_height();
    const int depth = shape.group_channels();
    const int row = y * shape.stride - shape.padding + step / depth / shape.kernel;
    const int column = x * shape.stride - shape.padding + step / depth % shape.kernel;
    if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) return 0;
    const int channel = filter / (shape.filters / shape.groups) * depth + step % depth;
    return input[((image * shape.height + row) * shape.width + column) * shape.channels + channel];
  }

  CITRINE_HD std::int32_t multiply_accumulate(std::int32_t accumulator, std::int32_t weight,
                                              std::int32_t activation, MacSite site) const {
    if (site == MacSite::weight_operand) weight = fault.operand;
    if (site == MacSite::activation_operand) activation = fault.operand;
    std::int32_t product = wrap(std::int64_t{weight} * activation, widths.product, true);
    if (site == MacSite::product) product = read_as(product, fault.change, widths.product, true);
    accumulator = widths.accumulated(std::int64_t{accumulator} + product);
    if (site == MacSite::accumulator)
      accumulator = read_as(accumulator, fault.change, widths.accumulator, true);
    return accumulator;
  }
};

}  // namespace citrine
