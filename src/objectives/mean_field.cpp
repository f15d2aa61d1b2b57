#include "objectives/mean_field.h"

#include <cmath>
#include <numbers>

namespace citrine {
namespace {

using Signals = std::vector<Signal>;

const Signal& of(const Signals& signals, int node) {
  return signals[static_cast<std::size_t>(node)];
}

// Moments of max(0, x) of a Gaussian x. ReLU6 is the same: 6 is far out.
Signal rectified(const Signal& x) {
  const double deviation = std::sqrt(x.variance), t = x.mean / deviation;
  const double passing = std::erfc(-t / std::numbers::sqrt2) / 2;
  const double density =
      deviation * std::exp(-t * t / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  const double mean = x.mean * passing + density;
  return {.mean = mean,
          .variance = x.power() * passing + x.mean * density - mean * mean,
          .passing = passing};
}

Signal sum(const Node& node, const Signals& signals) {
  Signal result{.variance = 0};
  for (const int input : node.inputs) {
    result.mean += of(signals, input).mean;
    result.variance += of(signals, input).variance;
  }
  return result;
}

// Of values of which `share` are the input's and the others zero.
Signal thinned(const Signal& x, double share) {
  const double mean = share * x.mean;
  return {.mean = mean, .variance = share * x.power() - mean * mean};
}

Signal joined(const Graph& graph, int node, const Signals& signals) {
  double mean = 0, power = 0;
  for (const int input : graph.node(node).inputs) {
    const double share =
        static_cast<double>(graph.shape(input).channels) / graph.shape(node).channels;
    mean += share * of(signals, input).mean;
    power += share * of(signals, input).power();
  }
  return {.mean = mean, .variance = power - mean * mean};
}

Signal averaged(const Signal& x, double count) {
  return {.mean = x.mean, .variance = x.variance / count};
}

Signal signal_of(const Graph& graph, int index, const Signals& signals) {
  const auto& node = graph.node(index);
  if (node.inputs.empty()) return {};
  const auto& input = of(signals, node.inputs.front());
  const auto& shape = graph.shape(node.inputs.front());
  switch (node.op.kind) {
    case OpKind::relu:
    case OpKind::relu6:
      return rectified(input);
    case OpKind::add:
      return sum(node, signals);
    case OpKind::concat:
      return joined(graph, index, signals);
    case OpKind::average_pool:
      return averaged(input, static_cast<double>(node.op.kernel) * node.op.kernel);
    case OpKind::global_average_pool:
      return averaged(input, static_cast<double>(shape.height) * shape.width);
    case OpKind::shortcut:
      return thinned(input, static_cast<double>(shape.channels) / graph.shape(index).channels);
    case OpKind::max_pool:
    case OpKind::identity:
      return {.mean = input.mean, .variance = input.variance};
    case OpKind::input:
    case OpKind::convolution:
    case OpKind::fully_connected:
    case OpKind::batch_norm:
      break;
  }
  return {};
}

}  // namespace

std::vector<Signal> mean_field(const Graph& graph) {
  Signals signals;
  signals.reserve(static_cast<std::size_t>(graph.size()));
  for (int node = 0; node < graph.size(); ++node)
    signals.push_back(signal_of(graph, node, signals));
  return signals;
}

}  // namespace citrine
