#include "objectives/difference_rules.h"

#include <algorithm>
#include <cmath>

#include "objectives/mean_field.h"
#include "objectives/stored_layers.h"

namespace citrine {
namespace {

constexpr double kStepsOfRms = 32;

double area(const Shape& shape) { return static_cast<double>(shape.height) * shape.width; }

// Outputs along one axis that read an input, averaged over the inputs.
double axis_readers(int inputs, int outputs, const Operation& op) {
  int taps = 0;
  for (int out = 0; out < outputs; ++out) {
    const int first = out * op.stride - op.padding;
    taps += std::max(0, std::min(first + op.kernel, inputs) - std::max(first, 0));
  }
  return static_cast<double>(taps) / inputs;
}

double window_readers(const Shape& in, const Shape& out, const Operation& op) {
  return axis_readers(in.height, out.height, op) * axis_readers(in.width, out.width, op);
}

// Relative to the values' variance, the power of a difference stays.
double dot_product_gain(const Shape& in, const Shape& out, const Signal& input) {
  return static_cast<double>(out.elements()) /
         (static_cast<double>(in.elements()) * input.variance);
}

void set_convolution(DifferenceRule& rule, const Operation& op, const Shape& in, const Shape& out) {
  rule.groups = op.groups;
  rule.group_channels = static_cast<double>(out.channels) / op.groups;
  rule.readers = window_readers(in, out, op) * rule.group_channels;
}

void set_fully_connected(DifferenceRule& rule, const Shape& in, const Shape& out) {
  rule.reach = std::max(in.height, in.width) - 1;
  rule.groups = 1;
  rule.group_channels = rule.readers = out.channels;
}

void set_average(DifferenceRule& rule, double readers, double window) {
  rule.readers = readers;
  rule.gain = readers / (window * window);
  rule.has_overlap = rule.is_rounded = true;
}

// The winner of a window passes on its difference whole, any of its values with equal chances; a
// shortcut passes on every stride-th pixel.
void set_chosen(DifferenceRule& rule, const Shape& in, const Shape& out) {
  rule.readers = rule.gain = area(out) / area(in);
}

DifferenceRule rule_of(const Graph& graph, int node, const std::vector<Signal>& signals) {
  const auto& [name, op, inputs] = graph.node(node);
  const auto& out = graph.shape(node);
  DifferenceRule rule{.reach = op.kernel - 1.0, .stride = static_cast<double>(op.stride)};
  rule.height = out.height;
  rule.width = out.width;
  if (inputs.empty()) return rule;
  const auto& in = graph.shape(inputs.front());
  const auto& input = signals[static_cast<std::size_t>(inputs.front())];
  switch (op.kind) {
    case OpKind::convolution:
      set_convolution(rule, op, in, out);
      break;
    case OpKind::fully_connected:
      set_fully_connected(rule, in, out);
      break;
    case OpKind::average_pool:
      set_average(rule, window_readers(in, out, op), static_cast<double>(op.kernel) * op.kernel);
      break;
    case OpKind::global_average_pool:
      rule.reach = std::max(in.height, in.width) - 1;
      set_average(rule, 1, area(in));
      break;
    case OpKind::max_pool:
    case OpKind::shortcut:
      set_chosen(rule, in, out);
      break;
    case OpKind::relu:
    case OpKind::relu6:
      rule.readers = rule.gain = signals[static_cast<std::size_t>(node)].passing;
      rule.rectified = input.variance;
      break;
    case OpKind::batch_norm:
      rule.gain = 1 / input.variance;
      break;
    case OpKind::add:
    case OpKind::concat:
    case OpKind::input:
    case OpKind::identity:
      break;
  }
  rule.joins_channels = op.kind == OpKind::concat;
  if (is_dot_product(op.kind)) rule.gain = dot_product_gain(in, out, input);
  if (is_dot_product(op.kind) || op.kind == OpKind::add) rule.has_overlap = true;
  return rule;
}

}  // namespace

std::vector<DifferenceRule> difference_rules(const Graph& graph) {
  const auto signals = mean_field(graph);
  std::vector<DifferenceRule> rules;
  for (int node = 0; node < graph.size(); ++node) rules.push_back(rule_of(graph, node, signals));
  for (const int node : stored_layers(graph)) {
    auto& rule = rules[static_cast<std::size_t>(node)];
    rule.is_rounded = true;
    rule.step = std::sqrt(signals[static_cast<std::size_t>(node)].power()) / kStepsOfRms;
  }
  // What computes no new value keeps the step of what it reads.
  for (int node = 1; node < graph.size(); ++node)
    if (auto& rule = rules[static_cast<std::size_t>(node)]; rule.step == 0)
      rule.step = rules[static_cast<std::size_t>(graph.node(node).inputs.front())].step;
  return rules;
}

}  // namespace citrine
