#include "graph/shape_inference.h"

#include "graph/node_check.h"

namespace citrine {
namespace {

Shape window_shape(const Node& node, Shape in) {
  const auto& op = node.op;
  const auto size = [&](int side) {
    require(side + 2 * op.padding >= op.kernel, node, "a ", op.kernel, "x", op.kernel,
            " window does not fit a ", in.height, "x", in.width, " map with padding ", op.padding);
    return (side + 2 * op.padding - op.kernel) / op.stride + 1;
  };
  return {size(in.height), size(in.width), in.channels};
}

Shape convolution_shape(const Node& node, Shape in) {
  const auto& op = node.op;
  require(in.channels % op.groups == 0, node, "groups must divide ", in.channels, " channels, got ",
          op.groups);
  require(op.channels % op.groups == 0, node, "groups must divide ", op.channels, " filters, got ",
          op.groups);
  auto shape = window_shape(node, in);
  shape.channels = op.channels;
  return shape;
}

Shape shortcut_shape(const Node& node, Shape in) {
  const int added = node.op.channels - in.channels;
  require(added >= 0 && added % 2 == 0, node, "a shortcut adds an even number of channels, got ",
          in.channels, " -> ", node.op.channels);
  const int stride = node.op.stride;
  return {(in.height + stride - 1) / stride, (in.width + stride - 1) / stride, node.op.channels};
}

Shape merged_shape(const Node& node, const std::vector<Shape>& shapes) {
  Shape merged = shapes[static_cast<std::size_t>(node.inputs[0])];
  std::int64_t channels = 0;
  for (const int input : node.inputs) {
    const auto& shape = shapes[static_cast<std::size_t>(input)];
    const bool fits = shape.height == merged.height && shape.width == merged.width &&
                      (node.op.kind == OpKind::concat || shape.channels == merged.channels);
    require(fits, node, "inputs must have one shape, got ", merged.height, "x", merged.width, "x",
            merged.channels, " and ", shape.height, "x", shape.width, "x", shape.channels);
    channels += shape.channels;
  }
  if (node.op.kind == OpKind::add) return merged;
  require_size(channels <= kMaxSize, node, "channels must be in 1..65536, got ", channels);
  merged.channels = static_cast<int>(channels);
  return merged;
}

Shape output_shape(const Node& node, const std::vector<Shape>& shapes) {
  const Shape in = shapes[static_cast<std::size_t>(node.inputs[0])];
  switch (node.op.kind) {
    case OpKind::convolution:
      return convolution_shape(node, in);
    case OpKind::max_pool:
    case OpKind::average_pool:
      return window_shape(node, in);
    case OpKind::global_average_pool:
      return {1, 1, in.channels};
    case OpKind::add:
    case OpKind::concat:
      return merged_shape(node, shapes);
    case OpKind::fully_connected:
      return {1, 1, node.op.channels};
    case OpKind::shortcut:
      return shortcut_shape(node, in);
    default:
      return in;
  }
}

}  // namespace

Shape infer_shape(const Node& node, const std::vector<Shape>& shapes) {
  const auto shape = output_shape(node, shapes);
  require_size(shape.height <= kMaxSize && shape.width <= kMaxSize, node,
               "a map's sides must be at most 65536, got ", shape.height, "x", shape.width);
  return shape;
}

}  // namespace citrine
