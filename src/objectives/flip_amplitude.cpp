#include "objectives/flip_amplitude.h"

#include <cmath>

#include "objectives/difference_field.h"
#include "objectives/stored_layers.h"

namespace citrine {
namespace {

constexpr int kBits = 8;

// Over the bits, of which the lowest and the highest are known: what a flip adds to the rounding's
// noise grows with the square of its size.
double mean_over_bits(double lowest, double highest) {
  const double floor = lowest * lowest, most = highest * highest - floor;
  double sum = 0;
  for (int bit = 0; bit < kBits; ++bit)
    sum += std::sqrt(floor +
                     std::max(0.0, most) * (std::pow(4, bit) - 1) / (std::pow(4, kBits - 1) - 1));
  return sum / kBits;
}

}  // namespace

FlipAmplitude flip_amplitude(const Graph& graph) {
  FlipAmplitude result;
  DifferenceField field(graph);
  double sum = 0, neurons = 0;
  for (const int node : stored_layers(graph)) {
    const LayerAmplitude layer = {
        .node = node,
        .neurons = graph.shape(node).elements(),
        .amplitude = mean_over_bits(field.output_change(node, 1),
                                    field.output_change(node, 1 << (kBits - 1)))};
    const auto count = static_cast<double>(layer.neurons);
    sum += count * layer.amplitude;
    neurons += count;
    result.layers.push_back(layer);
  }
  if (neurons > 0) result.mean = sum / neurons;
  return result;
}

}  // namespace citrine
