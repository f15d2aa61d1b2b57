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

// Elements that changed, and one in how many there are.
constexpr std::uint64_t kFew = 32, kMany = 8;

template <class Element>
double seconds_of_differences(const DifferenceLayer<Element>& layer, const MapShape& input,
                              std::uint64_t share, const std::vector<Pixel>& pixels,
                              const Store<Element>& to, std::int32_t* memory) {
  std::vector<ChangedMaps<Element>> all;
  for (std::size_t i = 0; i < kRepeats; ++i)
    all.push_back(ChangedMaps<Element>(input, share, split({}, i)));
  const AlignedVector<std::int32_t> golden(static_cast<std::size_t>(layer.source.elements()) +
                                           kVectorSlack);
  return seconds_of([&](std::size_t repeat) {
    auto& [before, after, changes] = all[repeat];
    find_terms(before, after, changes);
    layer.convolution->store({.changes = changes, .golden = golden.data(), .memory = memory},
                             pixels, to);
  });
}

// Of all outputs of a layer.
struct Seconds {
  double few = kMost, many = kMost, anew = kMost;
  static constexpr double kMost = std::numeric_limits<double>::max();
};

Seconds least(const Seconds& a, const Seconds& b) {
  return {std::min(a.few, b.few), std::min(a.many, b.many), std::min(a.anew, b.anew)};
}

template <class Element>
Seconds measured(const DifferenceLayer<Element>& layer, LayerMaps<Element>& maps,
                 BorderedMaps<Element>& output) {
  AlignedVector<std::int32_t> memory(layer.memory());
  const auto pixels = all_pixels(layer.source.height, layer.source.width);
  const auto differences = [&](std::uint64_t share) {
    return seconds_of_differences(layer, maps[layer.inputs[0]].shape(), share, pixels,
                                  layer.prepared.store_to(maps, output), memory.data());
  };
  const auto anew = [&](std::size_t) {
    const TileScope scope;
    layer.prepared.compute(maps, pixels, output, memory.data());
  };
  return {.few = differences(kFew),
          .many = differences(kMany),
          .anew = layer.prepared.computes_pixels() ? seconds_of(anew) : 0};
}

template <class Element>
ConvolutionCost cost_of(const DifferenceLayer<Element>& layer, const Seconds& seconds) {
  const auto& shape = layer.source.convolution;
  const auto inputs = static_cast<double>(shape.height) * shape.width * shape.channels;
  const auto seen = [&](std::uint64_t share) {
    return layer.seen_elements(inputs / static_cast<double>(share));
  };
  const double element = std::max(0.0, seconds.many - seconds.few) / (seen(kMany) - seen(kFew));
  const auto outputs = static_cast<double>(shape.out_height()) * shape.out_width();
  return {.output = std::max(0.0, seconds.few - element * seen(kFew)) / outputs,
          .element = element,
          .anew = seconds.anew / outputs};
}

// Do two layers cost the same?
template <class Element>
bool are_alike(const DifferenceLayer<Element>& a, const DifferenceLayer<Element>& b) {
  return a.source.convolution == b.source.convolution && a.inputs.size() == b.inputs.size();
}

}  // namespace

// What other programs do meanwhile disturbs some of the layers of a shape only.
template <class Element>
std::vector<ConvolutionCost> measured_costs(const DifferenceNetwork<Element>& network) {
  auto maps = make_layer_maps<Element>(network.network(), 1);
  std::vector<Seconds> seconds(maps.size());
  for (std::size_t i = 1; i < maps.size(); ++i)
    if (network.layer(i).convolution) seconds[i] = measured(network.layer(i), maps, maps[i]);
  std::vector<ConvolutionCost> costs(maps.size() + 1);
  for (std::size_t i = 1; i < maps.size(); ++i) {
    const auto& layer = network.layer(i);
    if (!layer.convolution) continue;
    for (std::size_t j = 1; j < maps.size(); ++j)
      if (network.layer(j).convolution && are_alike(layer, network.layer(j)))
        seconds[i] = least(seconds[i], seconds[j]);
    costs[i] = cost_of(layer, seconds[i]);
  }
  return costs;
}

template std::vector<ConvolutionCost> measured_costs(const DifferenceNetwork<std::uint8_t>&);
template std::vector<ConvolutionCost> measured_costs(const DifferenceNetwork<std::int16_t>&);

}  // namespace citrine
