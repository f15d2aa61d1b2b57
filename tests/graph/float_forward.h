#pragma once
// Slow forward of one image in double precision, written from the definitions and apart from the
// training code, so that tests can compare with it. Batch norm as in inference.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "graph/weights.h"
#include "kernels/error.h"

namespace citrine::testing {

// Values in the order height, width, channels.
struct FloatMap {
  Shape shape;
  std::vector<double> values;

  explicit FloatMap(Shape of) : shape(of), values(static_cast<std::size_t>(of.elements())) {}
  double& at(int y, int x, int c) { return values[index(y, x, c)]; }
  double at(int y, int x, int c) const { return values[index(y, x, c)]; }
  bool holds(int y, int x) const { return y >= 0 && y < shape.height && x >= 0 && x < shape.width; }

 private:
  std::size_t index(int y, int x, int c) const {
    return static_cast<std::size_t>((std::int64_t{y} * shape.width + x) * shape.channels + c);
  }
};

class FloatForward {
 public:
  explicit FloatForward(const Network& network) : network_(network) {}

  // Maps of all nodes for an image [height, width, channels].
  std::vector<FloatMap> operator()(std::span<const double> image) {
    maps_.assign(1, FloatMap(network_.graph.input_shape()));
    if (image.size() != maps_[0].values.size())
      throw Error("an image must have ", maps_[0].values.size(), " values, got ", image.size());
    std::ranges::copy(image, maps_[0].values.begin());
    for (int i = 1; i < network_.graph.size(); ++i) maps_.push_back(map_of(i));
    return std::move(maps_);
  }

 private:
  FloatMap map_of(int index) const {
    const auto& node = network_.graph.node(index);
    FloatMap out(network_.graph.shape(index));
    for (int y = 0; y < out.shape.height; ++y)
      for (int x = 0; x < out.shape.width; ++x)
        for (int c = 0; c < out.shape.channels; ++c) out.at(y, x, c) = value(node, y, x, c);
    return out;
  }

  double value(const Node& node, int y, int x, int c) const {
    switch (node.op.kind) {
      case OpKind::convolution:
        return convolution(node, y, x, c);
      case OpKind::batch_norm:
        return batch_norm(node, y, x, c);
      case OpKind::relu:
        return std::max(input(node).at(y, x, c), 0.0);
      case OpKind::relu6:
        return std::clamp(input(node).at(y, x, c), 0.0, 6.0);
      case OpKind::max_pool:
        return max_pool(node, y, x, c);
      case OpKind::average_pool:
        return average_pool(node, y, x, c);
      case OpKind::global_average_pool:
        return global_average_pool(node, c);
      case OpKind::add:
        return sum(node, y, x, c);
      case OpKind::concat:
        return concat(node, y, x, c);
      case OpKind::fully_connected:
        return fully_connected(node, c);
      case OpKind::shortcut:
        return shortcut(node, y, x, c);
      case OpKind::identity:
        return input(node).at(y, x, c);
      case OpKind::input:
        break;
    }
    throw Error(node.name, ": an input inside the graph");
  }

  const FloatMap& input(const Node& node, std::size_t which = 0) const {
    return maps_[static_cast<std::size_t>(node.inputs[which])];
  }

  // A parameter's values in their stored order.
  const std::vector<float>& values(const Node& node, const char* name) const {
    return network_.weights.at(node.name + "." + name).values;
  }

  double parameter(const Node& node, const char* name, int channel) const {
    return double{values(node, name)[static_cast<std::size_t>(channel)]};
  }

  double bias(const Node& node, int c) const {
    return node.op.has_bias ? parameter(node, "bias", c) : 0;
  }

  // Calls visit(tap row, tap column, row, column) for the taps of a window inside the map.
  void for_taps(const Node& node, int y, int x, const auto& visit) const {
    const auto& op = node.op;
    for (int i = 0; i < op.kernel; ++i)
      for (int j = 0; j < op.kernel; ++j) {
        const int row = y * op.stride - op.padding + i, column = x * op.stride - op.padding + j;
        if (input(node).holds(row, column)) visit(i, j, row, column);
      }
  }

  double convolution(const Node& node, int y, int x, int c) const {
    const auto& op = node.op;
    const auto& in = input(node);
    const int group_channels = in.shape.channels / op.groups;
    const int first = c / (op.channels / op.groups) * group_channels;
    const auto& weights = values(node, "weight");
    double total = bias(node, c);
    for_taps(node, y, x, [&](int i, int j, int row, int column) {
      for (int k = 0; k < group_channels; ++k) {
        const std::int64_t at =
            ((std::int64_t{c} * group_channels + k) * op.kernel + i) * op.kernel + j;
        total += double{weights[static_cast<std::size_t>(at)]} * in.at(row, column, first + k);
      }
    });
    return total;
  }

  double batch_norm(const Node& node, int y, int x, int c) const {
    const double variance = parameter(node, "running_var", c) + double{kBatchNormEpsilon};
    const double centred = input(node).at(y, x, c) - parameter(node, "running_mean", c);
    return centred / std::sqrt(variance) * parameter(node, "weight", c) +
           parameter(node, "bias", c);
  }

  double max_pool(const Node& node, int y, int x, int c) const {
    double largest = -std::numeric_limits<double>::infinity();
    for_taps(node, y, x, [&](int, int, int row, int column) {
      largest = std::max(largest, input(node).at(row, column, c));
    });
    return largest;
  }

  // Padding counts as zeros.
  double average_pool(const Node& node, int y, int x, int c) const {
    double total = 0;
    for_taps(node, y, x,
             [&](int, int, int row, int column) { total += input(node).at(row, column, c); });
    return total / (node.op.kernel * node.op.kernel);
  }

  double global_average_pool(const Node& node, int c) const {
    const auto& in = input(node);
    double total = 0;
    for (int y = 0; y < in.shape.height; ++y)
      for (int x = 0; x < in.shape.width; ++x) total += in.at(y, x, c);
    return total / (in.shape.height * in.shape.width);
  }

  double sum(const Node& node, int y, int x, int c) const {
    double total = 0;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) total += input(node, i).at(y, x, c);
    return total;
  }

  double concat(const Node& node, int y, int x, int c) const {
    std::size_t which = 0;
    while (c >= input(node, which).shape.channels) c -= input(node, which++).shape.channels;
    return input(node, which).at(y, x, c);
  }

  double fully_connected(const Node& node, int unit) const {
    const auto& in = input(node);
    double total = bias(node, unit);
    const auto& weights = values(node, "weight");
    auto at = static_cast<std::size_t>(unit * in.shape.elements());
    for (int c = 0; c < in.shape.channels; ++c)
      for (int y = 0; y < in.shape.height; ++y)
        for (int x = 0; x < in.shape.width; ++x) total += double{weights[at++]} * in.at(y, x, c);
    return total;
  }

  double shortcut(const Node& node, int y, int x, int c) const {
    const auto& in = input(node);
    const int from = c - (node.op.channels - in.shape.channels) / 2;
    if (from < 0 || from >= in.shape.channels) return 0;
    return in.at(y * node.op.stride, x * node.op.stride, from);
  }

  const Network& network_;
  std::vector<FloatMap> maps_;
};

// Maps of all nodes for one image [height, width, channels].
inline std::vector<FloatMap> float_maps(const Network& network, std::span<const double> image) {
  return FloatForward(network)(image);
}

// The output node's values for one image [height, width, channels].
inline std::vector<double> float_forward(const Network& network, std::span<const double> image) {
  return float_maps(network, image).back().values;
}

}  // namespace citrine::testing
