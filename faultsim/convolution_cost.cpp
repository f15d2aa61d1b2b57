#include "faultsim/convolution_cost.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "faultsim/difference_network.h"
#include "kernels/random.h"
#include "kernels/tiles.h"

namespace citrine {
namespace {

constexpr std::size_t kRepeats = 5;  // of which the fastest counts

// Of work(repeat).
template <class Work>
double seconds_of(const Work& work) {
  double least = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i < kRepeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work(i);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    least = std::min(least, elapsed.count());
  }
  return least;
}

std::vector<Pixel> all_pixels(int height, int width) {
  std::vector<Pixel> pixels;
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column) pixels.push_back({row, column});
  return pixels;
}

// Maps of which one in `share` elements changes, at random: what a run does must not be foreseen.
template <class Element>
struct ChangedMaps {
  ChangedMaps(const MapShape& shape, std::uint64_t share, Key key)
      : before(shape, 0), after(shape, 0), changes(shape, sizeof(Element)) {
    const auto pixels = all_pixels(shape.height, shape.width);
    std::uint64_t index = 0, bits = 0;  // a byte an element
    for (const auto& at : pixels)
      for (int channel = 0; channel < shape.channels; ++channel, ++index, bits >>= 8) {
        if (index % 8 == 0) bits = random_bits(key, index / 8);
        after.pixel(0, at.row, at.column)[channel] = (bits & 0xFF) < 256 / share;
      }
    find_changes<Element>(pixels, before, after, changes);
    find_terms(before, after, changes);
  }
  BorderedMaps<Element> before, after;
  MapChanges changes;
};

// Terms that come up in dot products, and seconds to find and to add them.
struct Spent {
  double terms, seconds;
};

template <class Element>
Spent spent_on(const DifferenceLayer<Element>& layer, const MapShape& input, std::uint64_t share,
               const std::vector<Pixel>& pixels, const Store<Element>& to, std::int32_t* memory) {
  std::vector<ChangedMaps<Element>> all;
  for (std::size_t i = 0; i < kRepeats; ++i)
    all.push_back(ChangedMaps<Element>(input, share, split({}, i)));
  const AlignedVector<std::int32_t> golden(static_cast<std::size_t>(layer.source.elements()) +
                                           kVectorSlack);
  const double seconds = seconds_of([&](std::size_t repeat) {
    auto& [before, after, changes] = all[repeat];
    find_terms(before, after, changes);
    layer.convolution->store({.changes = changes, .golden = golden.data(), .memory = memory},
                             pixels, to);
  });
  return {layer.dot_product_terms(all[0].changes.terms()), seconds};
}

template <class Element>
ConvolutionCost measured_cost(const DifferenceLayer<Element>& layer, LayerMaps<Element>& maps,
                              BorderedMaps<Element>& output) {
  constexpr std::uint64_t kFew = 32, kMany = 2;
  AlignedVector<std::int32_t> memory(layer.memory());
  const auto pixels = all_pixels(layer.source.height, layer.source.width);
  const auto count = static_cast<double>(pixels.size());
  const auto spent = [&](std::uint64_t share) {
    return spent_on(layer, maps[layer.inputs[0]].shape(), share, pixels,
                    layer.prepared.store_to(maps, output), memory.data());
  };
  const auto few = spent(kFew), many = spent(kMany);
  const double more = many.terms - few.terms;
  const double term = more > 0 ? std::max(0.0, many.seconds - few.seconds) / more : 0;
  const auto anew = [&](std::size_t) {
    const TileScope scope;
    layer.prepared.compute(maps, pixels, output, memory.data());
  };
  return {.output = std::max(0.0, few.seconds - term * few.terms) / count,
          .term = term,
          .anew = layer.source.convolution.groups > 1 ? 0 : seconds_of(anew) / count};
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
