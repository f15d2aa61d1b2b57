// Takes a convolution, its batch norm and its ReLU out; readers inherit the slices of the channels
// that are left and zeros for those that are new.
#include <algorithm>
#include <utility>

#include "morph/channel_remap.h"
#include "morph/channel_spaces.h"
#include "morph/network_edit.h"
#include "morph/operators.h"

namespace citrine {
namespace {

struct Unit {
  int convolution, batch_norm, activation;
};

int only_reader(const Graph& graph, int node, std::initializer_list<OpKind> kinds) {
  const auto& readers = graph.consumers(node);
  const bool fits =
      readers.size() == 1 && std::ranges::count(kinds, graph.node(readers.front()).op.kind) > 0;
  return fits ? readers.front() : -1;
}

std::optional<Unit> unit_at(const Graph& graph, int node) {
  if (graph.node(node).op.kind != OpKind::convolution) return std::nullopt;
  const int batch_norm = only_reader(graph, node, {OpKind::batch_norm});
  if (batch_norm < 0) return std::nullopt;
  const int activation = only_reader(graph, batch_norm, {OpKind::relu, OpKind::relu6});
  if (activation < 0) return std::nullopt;
  return Unit{node, batch_norm, activation};
}

// The channels that are read instead, cut or filled up.
ChannelMap inherited_map(int old_channels, int new_channels) {
  auto map = identity_map(std::min(old_channels, new_channels));
  map.resize(static_cast<std::size_t>(new_channels));
  return map;
}

using Maps = std::map<int, ChannelMap>;

// What the removal does to channels; nothing if something else needs them as they are.
std::optional<Maps> maps_of(const Graph& graph, const ChannelSpaces& spaces, const Unit& unit) {
  const int before = graph.node(unit.convolution).inputs.front();
  const int old_channels = graph.shape(unit.activation).channels;
  const int new_channels = graph.shape(before).channels;
  if (old_channels == new_channels) return Maps{};
  const int space = spaces.of(unit.activation);
  if (spaces.sources(space) != std::vector<int>{unit.convolution}) return std::nullopt;
  return spaces.spread(space, inherited_map(old_channels, new_channels));
}

// The stem stays, and so does what changes the map's size or is the output.
bool may_go(const Graph& graph, const Unit& unit) {
  const int before = graph.node(unit.convolution).inputs.front();
  const auto& in = graph.shape(before);
  const auto& out = graph.shape(unit.activation);
  return before != 0 && unit.activation != graph.output() && in.height == out.height &&
         in.width == out.width && graph.node(unit.convolution).op.stride == 1;
}

std::vector<Unit> places(const Graph& graph, const ChannelSpaces& spaces) {
  std::vector<Unit> found;
  for (int node = 1; node < graph.size(); ++node) {
    const auto unit = unit_at(graph, node);
    if (unit && may_go(graph, *unit) && maps_of(graph, spaces, *unit)) found.push_back(*unit);
  }
  return found;
}

}  // namespace

std::optional<Morphed> remove_layer(const Network& network, Key key) {
  const auto& graph = network.graph;
  const ChannelSpaces spaces(graph);
  const auto all = places(graph, spaces);
  if (all.empty()) return std::nullopt;
  const auto unit = drawn(all, split(key, "place"));
  auto [changed, touched] = remap_channels(network, spaces, *maps_of(graph, spaces, unit));
  NetworkEdit edit(changed);
  for (const int node : {unit.activation, unit.batch_norm, unit.convolution}) {
    std::erase(touched, graph.node(node).name);
    edit.bypass(node);
  }
  return Morphed{std::move(edit).finish(), "remove " + graph.node(unit.convolution).name,
                 std::move(touched)};
}

}  // namespace citrine
