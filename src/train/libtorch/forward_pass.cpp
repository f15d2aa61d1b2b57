#include "train/libtorch/forward_pass.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/add.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr double kBatchNormMomentum = 0.1;  // weight of the new batch in the running statistics

// May the consumer overwrite its input? Only where nobody else reads it, gradients included.
bool is_overwritable(const Graph& graph, int index) {
  const auto kind = graph.node(index).op.kind;
  const bool unread_by_gradient =
      kind == OpKind::convolution || kind == OpKind::batch_norm || kind == OpKind::add;
  return unread_by_gradient && graph.consumers(index).size() == 1;
}

at::Tensor convolve(const Operation& op, const NodeParameters& p, const at::Tensor& map) {
  return at::conv2d(map, p.weight, p.bias, {op.stride, op.stride}, {op.padding, op.padding}, {1, 1},
                    op.groups);
}

at::Tensor normalize_batch(const NodeParameters& p, const at::Tensor& map, Mode mode) {
  return at::batch_norm(map, p.weight, p.bias, p.running_mean, p.running_var,
                        mode == Mode::training, kBatchNormMomentum, double{kBatchNormEpsilon},
                        true);
}

at::Tensor rectify(const Graph& graph, const Node& node, at::Tensor map) {
  const bool in_place = is_overwritable(graph, node.inputs[0]);
  if (node.op.kind == OpKind::relu) return in_place ? at::relu_(map) : at::relu(map);
  return in_place ? at::hardtanh_(map, 0, 6) : at::hardtanh(map, 0, 6);
}

at::Tensor sum(const Graph& graph, const Node& node, std::span<const at::Tensor> inputs) {
  at::Tensor total = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const at::Tensor& other = inputs[i];
    const bool other_is_ours = is_overwritable(graph, node.inputs[i]);
    if (i > 1 || (!other_is_ours && is_overwritable(graph, node.inputs[0])))
      total = total.add_(other);
    else
      total = other_is_ours ? other.add_(total) : at::add(total, other);
  }
  return total;
}

at::Tensor connect_fully(const NodeParameters& p, const at::Tensor& map) {
  const auto units = at::linear(map.flatten(1), p.weight, p.bias);
  return units.unsqueeze(-1).unsqueeze(-1);
}

at::Tensor shortcut(const Operation& op, const at::Tensor& map) {
  const auto pixels = map.slice(2, 0, std::nullopt, op.stride).slice(3, 0, std::nullopt, op.stride);
  const std::int64_t added = op.channels - map.size(1);
  return at::constant_pad_nd(pixels, {0, 0, 0, 0, added / 2, added - added / 2});
}

}  // namespace

at::Tensor apply_node(const Graph& graph, int index, const NodeParameters& parameters,
                      std::span<const at::Tensor> inputs, Mode mode) {
  const auto& node = graph.node(index);
  const auto& op = node.op;
  switch (op.kind) {
    case OpKind::convolution:
      return convolve(op, parameters, inputs[0]);
    case OpKind::batch_norm:
      return normalize_batch(parameters, inputs[0], mode);
    case OpKind::relu:
    case OpKind::relu6:
      return rectify(graph, node, inputs[0]);
    case OpKind::max_pool:
      return at::max_pool2d(inputs[0], op.kernel, op.stride, op.padding);
    case OpKind::average_pool:
      return at::avg_pool2d(inputs[0], op.kernel, op.stride, op.padding);
    case OpKind::global_average_pool:
      return at::adaptive_avg_pool2d(inputs[0], {1, 1});
    case OpKind::add:
      return sum(graph, node, inputs);
    case OpKind::concat:
      return at::cat(at::TensorList(inputs.data(), inputs.size()), 1);
    case OpKind::fully_connected:
      return connect_fully(parameters, inputs[0]);
    case OpKind::shortcut:
      return shortcut(op, inputs[0]);
    case OpKind::identity:
      return inputs[0];
    case OpKind::input:
      break;
  }
  throw Error("node '", node.name, "' of kind ", name_of(op.kind), " cannot be run");
}

at::Tensor forward_pass(const Graph& graph, const std::vector<NodeParameters>& parameters,
                        const at::Tensor& images, Mode mode) {
  const auto nodes = static_cast<std::size_t>(graph.size());
  std::vector<at::Tensor> values(nodes);
  std::vector<std::size_t> readers(nodes);
  values[0] = images;
  for (std::size_t i = 0; i < nodes; ++i) readers[i] = graph.consumers(static_cast<int>(i)).size();
  std::vector<at::Tensor> inputs;
  for (int index = 1; index < graph.size(); ++index) {
    inputs.clear();
    for (const int input : graph.node(index).inputs) {
      const auto i = static_cast<std::size_t>(input);
      inputs.push_back(values[i]);
      if (--readers[i] == 0) values[i].reset();
    }
    const auto i = static_cast<std::size_t>(index);
    values[i] = apply_node(graph, index, parameters[i], inputs, mode);
  }
  return values.back().flatten(1);
}

}  // namespace citrine
