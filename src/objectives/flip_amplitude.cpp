#include "objectives/flip_amplitude.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "objectives/stored_layers.h"

namespace citrine {
namespace {

constexpr int kMostRelus = 3600;  // the gain of more leaves the range of double

// By node: ReLUs on the longest way from its value to the outputs.
std::vector<int> relus_behind(const Graph& graph) {
  std::vector<int> counts(static_cast<std::size_t>(graph.size()), 0);
  for (int node = graph.output(); node > 0; --node) {
    const auto& [name, op, inputs] = graph.node(node);
    const bool is_relu = op.kind == OpKind::relu || op.kind == OpKind::relu6;
    const int count = counts[static_cast<std::size_t>(node)] + (is_relu ? 1 : 0);
    for (const int input : inputs) {
      auto& before = counts[static_cast<std::size_t>(input)];
      before = std::max(before, count);
    }
  }
  return counts;
}

// A dot product of random weights keeps the power of a small difference relative to the variance of
// its inputs. A ReLU behind a batch norm halves the one and leaves (1 - 1/pi) / 2 of the other
// (Yang et al. 2019, "A mean field theory of batch normalization").
double amplitude_of(int relus, std::int64_t neurons) {
  const double gain = std::numbers::pi / (std::numbers::pi - 1);
  return std::pow(gain, std::min(relus, kMostRelus) / 2.0) /
         std::sqrt(static_cast<double>(neurons));
}

}  // namespace

FlipAmplitude flip_amplitude(const Graph& graph) {
  FlipAmplitude result;
  const auto relus = relus_behind(graph);
  double sum = 0, neurons = 0;
  for (const int node : stored_layers(graph)) {
    const int count = relus[static_cast<std::size_t>(node)];
    const auto elements = graph.shape(node).elements();
    const LayerAmplitude layer = {.node = node,
                                  .neurons = elements,
                                  .relus = count,
                                  .amplitude = amplitude_of(count, elements)};
    sum += static_cast<double>(elements) * layer.amplitude;
    neurons += static_cast<double>(elements);
    result.layers.push_back(layer);
  }
  if (neurons > 0) result.mean = sum / neurons;
  return result;
}

}  // namespace citrine
