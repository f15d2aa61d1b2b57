#include "faultsim/convolution_cost.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>

#include "faultsim/difference_network.h"
#include "faultsim/pixel_set.h"

namespace citrine {
namespace {

constexpr int kRepeats = 5;  // of which the fastest counts

template <class Work>
double seconds_of(const Work& work) {
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < kRepeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    least = std::min(least, elapsed.count());
  }
  return least;
}

// The changes of a whole map whose pixels all change in the first `channels`.
template <class Element>
MapChanges changes_of(const MapShape& shape, int channels) {
  BorderedMaps<Element> map(shape, 0), fresh(shape, 0);
  PixelSet pixels(shape.height, shape.width);
  pixels.add(0, shape.height - 1, 0, shape.width - 1);
  for (int row = 0; row < shape.height; ++row)
    for (int column = 0; column < shape.width; ++column)
      std::fill_n(fresh.pixel(0, row, column), channels, Element{1});
  MapChanges changes(shape, sizeof(Element));
  exchange(pixels.take(), map, fresh, changes);
  return changes;
}

template <class Element>
ConvolutionCost measured_cost(const DifferenceLayer<Element>& layer, LayerMaps<Element>& maps,
                              BorderedMaps<Element>& output) {
  const auto& convolution = *layer.convolution;
  AlignedVector<std::int32_t> memory(convolution.memory());
  const AlignedVector<std::int32_t> golden(static_cast<std::size_t>(layer.source.elements()) +
                                           kVectorSlack);
  PixelSet outputs(layer.source.height, layer.source.width);
  outputs.add(0, layer.source.height - 1, 0, layer.source.width - 1);
  const auto pixels = outputs.take();
  const auto& shape = maps[layer.inputs[0]].shape();
  const auto few = changes_of<Element>(shape, 1), many = changes_of<Element>(shape, shape.channels);
  const auto seconds = [&](const MapChanges& changes) {
    return seconds_of([&] {
      convolution.store({.changes = changes, .golden = golden.data(), .memory = memory.data()},
                        pixels, layer.prepared.store_to(maps, output));
    });
  };
  const double of_few = seconds(few);
  const double more = layer.dot_product_terms(many.terms() - few.terms());
  const double term = more > 0 ? std::max(0.0, seconds(many) - of_few) / more : 0;
  return {.output = std::max(0.0, of_few - term * layer.dot_product_terms(few.terms())) /
                    static_cast<double>(pixels.size()),
          .term = term,
          .whole = seconds_of([&] { layer.prepared.convolve(maps, output); })};
}

}  // namespace

template <class Element>
std::vector<ConvolutionCost> measured_costs(const DifferenceNetwork<Element>& network) {
  auto maps = make_layer_maps<Element>(network.network(), 1);
  std::vector<ConvolutionCost> costs(maps.size() + 1);
  for (std::size_t i = 1; i < maps.size(); ++i) {
    const auto& layer = network.layer(i);
    if (layer.convolution) costs[i] = measured_cost(layer, maps, maps[i]);
  }
  return costs;
}

template std::vector<ConvolutionCost> measured_costs(const DifferenceNetwork<std::uint8_t>&);
template std::vector<ConvolutionCost> measured_costs(const DifferenceNetwork<std::int16_t>&);

}  // namespace citrine
