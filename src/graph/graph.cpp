#include "graph/graph.h"

#include <algorithm>
#include <set>

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr int kMaxSize = 65536;     // of a side, channels, a kernel
constexpr int kMaxNodes = 100'000;  // keeps every count within 64 bits

bool is_window(OpKind kind) {
  return kind == OpKind::convolution || kind == OpKind::max_pool || kind == OpKind::average_pool;
}

void require(bool holds, const Node& node, const auto&... parts) {
  if (!holds) throw Error(node.name, ": ", parts...);
}

void check_name(const Node& node) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  if (node.name.empty() || !std::ranges::all_of(node.name, is_allowed))
    throw Error("a node's name must be made of letters, digits, '_', '.' and '-', got '", node.name,
                "'");
}

// The attributes that the operation uses; the others keep their defaults.
Operation used_attributes(const Operation& op) {
  Operation used{.kind = op.kind};
  if (is_window(op.kind))
    used.kernel = op.kernel, used.stride = op.stride, used.padding = op.padding;
  if (op.kind == OpKind::convolution)
    used.channels = op.channels, used.groups = op.groups, used.has_bias = op.has_bias;
  if (op.kind == OpKind::fully_connected) used.channels = op.channels, used.has_bias = op.has_bias;
  if (op.kind == OpKind::shortcut) used.channels = op.channels, used.stride = op.stride;
  return used;
}

void check_attributes(const Node& node) {
  const auto& op = node.op;
  require(op == used_attributes(op), node, "an attribute is set that ", name_of(op.kind),
          " does not have");
  require(op.kernel >= 1 && op.kernel <= kMaxSize, node, "kernel must be in 1..65536, got ",
          op.kernel);
  require(op.stride >= 1 && op.stride <= kMaxSize, node, "stride must be in 1..65536, got ",
          op.stride);
  require(op.padding >= 0 && op.padding < op.kernel, node,
          "padding must be at least 0 and below the kernel ", op.kernel, ", got ", op.padding);
  require(op.groups >= 1, node, "groups must be at least 1, got ", op.groups);
  const bool has_channels = used_attributes({.kind = op.kind, .channels = 1}).channels == 1;
  require(!has_channels || (op.channels >= 1 && op.channels <= kMaxSize), node,
          "channels must be in 1..65536, got ", op.channels);
}

void check_inputs(const Node& node, int index) {
  const auto count = node.inputs.size();
  const bool takes_many = node.op.kind == OpKind::add || node.op.kind == OpKind::concat;
  if (node.op.kind == OpKind::input)
    require(index == 0 && count == 0, node, "the input must be the first node and the only one");
  else if (takes_many)
    require(count >= 2, node, name_of(node.op.kind), " needs at least 2 inputs, got ", count);
  else
    require(count == 1, node, name_of(node.op.kind), " needs 1 input, got ", count);
  for (const int input : node.inputs)
    require(input >= 0 && input < index, node, "inputs must be earlier nodes, got number ", input);
}

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
  require(channels <= std::int64_t{kMaxSize} * 16, node, "too many channels: ", channels);
  if (node.op.kind == OpKind::concat) merged.channels = static_cast<int>(channels);
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

Graph::Graph(Shape input, std::vector<Node> nodes) : nodes_(std::move(nodes)) {
  if (nodes_.size() < 2 || nodes_.size() > kMaxNodes)
    throw Error("a graph has 2 to 100000 nodes, got ", nodes_.size());
  for (const int side : {input.height, input.width, input.channels})
    if (side < 1 || side > kMaxSize)
      throw Error("the input's sides and channels must be in 1..65536, got ", side);
  std::set<std::string_view> names;
  consumers_.resize(nodes_.size());
  for (int i = 0; i < size(); ++i) {
    check_name(node(i));
    require(names.insert(node(i).name).second, node(i), "two nodes have this name");
    check_inputs(node(i), i);
    check_attributes(node(i));
    shapes_.push_back(i == 0 ? input : output_shape(node(i), shapes_));
    for (const int from : node(i).inputs) consumers_[static_cast<std::size_t>(from)].push_back(i);
  }
  require(nodes_.front().op.kind == OpKind::input, nodes_.front(),
          "the first node must be the input");
  for (int i = 0; i + 1 < size(); ++i)
    require(!consumers(i).empty(), node(i), "must reach the output");
}

int Graph::find(std::string_view name) const {
  const auto found = std::ranges::find(nodes_, name, &Node::name);
  return found == nodes_.end() ? -1 : static_cast<int>(found - nodes_.begin());
}

std::int64_t count_macs(const Graph& graph) {
  std::int64_t macs = 0;
  for (int i = 1; i < graph.size(); ++i) {
    const auto& op = graph.node(i).op;
    const auto& in = graph.shape(graph.node(i).inputs[0]);
    if (op.kind == OpKind::convolution)
      macs += graph.shape(i).elements() * op.kernel * op.kernel * (in.channels / op.groups);
    if (op.kind == OpKind::fully_connected) macs += op.channels * in.elements();
  }
  return macs;
}

}  // namespace citrine
