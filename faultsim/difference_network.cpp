#include "faultsim/difference_network.h"

#include <algorithm>

#include "quant/forward.h"

namespace citrine {
namespace {

bool has_window(LayerKind kind) { return kind != LayerKind::add && kind != LayerKind::concat; }

}  // namespace

template <class Element>
DifferenceNetwork<Element>::DifferenceNetwork(const IntegerNetwork& network) : network_(network) {
  const auto maps = make_layer_maps<Element>(network, 1);
  for (std::size_t i = 1; i < network.layers.size(); ++i) {
    const auto& source = network.layers[i];
    auto& layer = layers_.emplace_back(
        DifferenceLayer<Element>{.source = source,
                                 .index = i,
                                 .prepared = {network, i, maps},
                                 .convolution = {},
                                 .reach = {},
                                 .inputs = {source.inputs.begin(), source.inputs.end()},
                                 .cost = {}});
    if (source.kind == LayerKind::convolution)
      layer.convolution.emplace(convolution_of(network, source, nullptr));
    if (has_window(source.kind)) layer.reach.emplace(source.convolution);
  }
}

template <class Element>
std::size_t DifferenceLayer<Element>::memory() const {
  return std::max(prepared.memory(), convolution ? convolution->memory() : 0);
}

template <class Element>
double DifferenceLayer<Element>::seen_elements(double elements) const {
  const auto& shape = source.convolution;
  const double taps = double(shape.kernel) / shape.stride;
  return elements * taps * taps;
}

template <class Element>
void DifferenceNetwork<Element>::set_costs(const std::vector<ConvolutionCost>& costs) {
  for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i].cost = costs[i + 1];
}

template struct DifferenceLayer<std::uint8_t>;
template struct DifferenceLayer<std::int16_t>;
template class DifferenceNetwork<std::uint8_t>;
template class DifferenceNetwork<std::int16_t>;

}  // namespace citrine
