#include "kernels/convolution_check.h"

#include <bit>

#include "kernels/error.h"

namespace citrine {
namespace {

void check_shape(const ConvolutionShape& shape) {
  if (shape.height < 1 || shape.width < 1 || shape.channels < 1 || shape.filters < 1)
    throw Error("a convolution needs a map and filters of at least one element, got ", shape.height,
                "x", shape.width, "x", shape.channels, " and ", shape.filters, " filters");
  if (shape.kernel < 1 || shape.stride < 1 || shape.padding < 0)
    throw Error("a convolution needs kernel >= 1, stride >= 1 and padding >= 0, got ", shape.kernel,
                ", ", shape.stride, " and ", shape.padding);
  if (shape.groups < 1 || shape.channels % shape.groups != 0 || shape.filters % shape.groups != 0)
    throw Error("groups must divide ", shape.channels, " channels and ", shape.filters,
                " filters, got ", shape.groups);
  if (shape.height + 2 * shape.padding < shape.kernel ||
      shape.width + 2 * shape.padding < shape.kernel)
    throw Error("a kernel of ", shape.kernel, " pixels must fit into the padded map, got ",
                shape.height, "x", shape.width, " with padding ", shape.padding);
}

void check_width(const char* what, int width, int most) {
  if (width < 1 || width > most)
    throw Error("the ", what, " register must have 1 to ", most, " bits, got ", width);
}

void check_widths(const MacWidths& widths) {
  check_width("product", widths.product, 32);
  check_width("accumulator", widths.accumulator, 32);
}

void check_change(const BitChange& change, int width) {
  const auto bits = change.cleared | change.flipped;
  if (static_cast<int>(std::bit_width(bits)) > width)
    throw Error("a fault must be in one of ", width, " bits, got ", std::bit_width(bits) - 1);
}

void check_fault(const Convolution& op) {
  const MacFault& fault = op.fault;
  if (fault.site == MacSite::none) return;
  if (fault.output < 0 || fault.output >= op.outputs())
    throw Error("a fault must be in one of ", op.outputs(), " outputs, got ", fault.output);
  if (fault.step < 0 || fault.step >= op.shape.steps())
    throw Error("a fault must be in one of ", op.shape.steps(), " steps, got ", fault.step);
  if (fault.site == MacSite::product)
    check_change(fault.change, op.widths.product);
  else if (fault.site == MacSite::accumulator)
    check_change(fault.change, op.widths.accumulator);
  else if (fault.operand != static_cast<std::int16_t>(fault.operand))
    throw Error("a faulty operand must fit into 16 bits, got ", fault.operand);
}

}  // namespace

void check_convolution(const Convolution& op, std::size_t outputs) {
  check_shape(op.shape);
  check_widths(op.widths);
  if (op.images < 0) throw Error("a batch must have 0 or more images, got ", op.images);
  if (static_cast<std::uint64_t>(op.outputs()) != outputs)
    throw Error("a convolution with ", op.outputs(), " outputs needs as many accumulators, got ",
                outputs);
  check_fault(op);
}

}  // namespace citrine
