// Net2Wider, Chen, Goodfellow, Shlens 2016: copies of filters, outgoing weights divided among them.
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "morph/channel_remap.h"
#include "morph/channel_spaces.h"
#include "morph/operators.h"

namespace citrine {
namespace {

constexpr std::array kFactors = {1.25, 1.5, 2.0};

// The nearest multiple of 4, from 32 on of 8, but more than there are.
int wider(int channels, double factor) {
  const int unit = channels < 32 ? 4 : 8;
  const int rounded = unit * static_cast<int>(std::lround(channels * factor / unit));
  return rounded > channels ? rounded : (channels / unit + 1) * unit;
}

// Copies of channels drawn without replacement, all over again when each has one. Shares are
// unequal, so that training can tell the copies apart.
ChannelMap widened_map(int channels, int target, Key key) {
  auto map = identity_map(channels);
  for (int extra = 0; extra < target - channels; ++extra) {
    const auto round = static_cast<std::uint64_t>(extra / channels);
    const Permutation order(split(key, round), static_cast<std::uint64_t>(channels));
    map.push_back({static_cast<int>(order(static_cast<std::uint64_t>(extra % channels))), 1});
  }
  std::vector<double> sums(static_cast<std::size_t>(channels), 0), parts;
  for (const auto& source : map) {
    parts.push_back(0.75 + 0.5 * uniform(split(key, "share"), parts.size()));
    sums[static_cast<std::size_t>(source.channel)] += parts.back();
  }
  for (std::size_t i = 0; i < map.size(); ++i)
    map[i].share = static_cast<float>(parts[i] / sums[static_cast<std::size_t>(map[i].channel)]);
  return map;
}

struct Place {
  int space, channels, target;
  std::map<int, ChannelMap> maps;
};

// Nothing unless the space's channels are made by convolutions and hidden fully connected layers
// alone, and all that they tie can follow.
std::optional<Place> place_at(const Graph& graph, const ChannelSpaces& spaces, int space,
                              double factor, Key key) {
  if (spaces.of(space) != space || spaces.is_fixed(space)) return std::nullopt;
  for (const int source : spaces.sources(space))
    if (!mixes_channels(graph, source)) return std::nullopt;
  const int channels = graph.shape(space).channels;
  const int target = wider(channels, factor);
  auto maps = spaces.spread(space, widened_map(channels, target, key));
  if (!maps) return std::nullopt;
  return Place{space, channels, target, std::move(*maps)};
}

}  // namespace

std::optional<Morphed> widen(const Network& network, Key key) {
  const auto& graph = network.graph;
  const ChannelSpaces spaces(graph);
  const double factor = drawn(kFactors, split(key, "factor"));
  std::vector<Place> all;
  for (int node = 1; node < graph.size(); ++node)
    if (auto place = place_at(graph, spaces, node, factor, split(key, "copies")))
      all.push_back(std::move(*place));
  if (all.empty()) return std::nullopt;
  const auto& [space, channels, target, maps] = drawn(all, split(key, "place"));
  auto [wide, touched] = remap_channels(network, spaces, maps);
  return Morphed{std::move(wide),
                 "widen " + graph.node(space).name + " " + std::to_string(channels) + " -> " +
                     std::to_string(target),
                 std::move(touched)};
}

}  // namespace citrine
