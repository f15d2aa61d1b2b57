#include "graph/node_check.h"

#include <algorithm>

#include "graph/printable.h"

namespace citrine {
namespace {

bool is_pool(OpKind kind) { return kind == OpKind::max_pool || kind == OpKind::average_pool; }

bool is_window(OpKind kind) { return kind == OpKind::convolution || is_pool(kind); }

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
  require(!is_pool(op.kind) || op.padding <= op.kernel / 2, node,
          "a pool's padding must be at most half of its kernel ", op.kernel, ", got ", op.padding);
  require(op.groups >= 1, node, "groups must be at least 1, got ", op.groups);
  const bool has_channels = used_attributes({.kind = op.kind, .channels = 1}).channels == 1;
  if (!has_channels) return;
  require(op.channels >= 1, node, "channels must be in 1..65536, got ", op.channels);
  require_size(op.channels <= kMaxSize, node, "channels must be in 1..65536, got ", op.channels);
}

void check_inputs(const Node& node, int index) {
  const auto count = node.inputs.size();
  const bool takes_many = node.op.kind == OpKind::add || node.op.kind == OpKind::concat;
  require((node.op.kind == OpKind::input) == (index == 0), node,
          "the first node, and no other, must be the input");
  if (node.op.kind == OpKind::input)
    require(count == 0, node, "the input has no inputs, got ", count);
  else if (takes_many)
    require(count >= 2, node, name_of(node.op.kind), " needs at least 2 inputs, got ", count);
  else
    require(count == 1, node, name_of(node.op.kind), " needs 1 input, got ", count);
  for (const int input : node.inputs)
    require(input >= 0 && input < index, node, "inputs must be earlier nodes, got number ", input);
}

}  // namespace

// Names are folders in network files, where "." and ".." would be others.
void check_name(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  if (name.empty() || name.size() > kMaxNameBytes || name == "." || name == ".." ||
      !std::ranges::all_of(name, is_allowed))
    throw Error("a node's name must be made of 1 to ", kMaxNameBytes,
                " letters, digits, '_', '.' and '-' and not be '.' or '..', got '", printable(name),
                "'");
}

void check_node(const Node& node, int index) {
  check_name(node.name);
  check_inputs(node, index);
  check_attributes(node);
}

}  // namespace citrine
