#include "morph/channel_spaces.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace citrine {

ChannelMap identity_map(int channels) {
  ChannelMap map;
  for (int c = 0; c < channels; ++c) map.push_back({c, 1});
  return map;
}

bool is_depthwise(const Graph& graph, int node) {
  const auto& op = graph.node(node).op;
  return op.kind == OpKind::convolution && op.groups > 1 && op.groups == op.channels &&
         op.groups == graph.shape(graph.node(node).inputs.front()).channels;
}

bool mixes_channels(const Graph& graph, int node) {
  const auto& op = graph.node(node).op;
  return op.kind == OpKind::fully_connected || (op.kind == OpKind::convolution && op.groups == 1);
}

ChannelSpaces::ChannelSpaces(const Graph& graph)
    : graph_(graph),
      parents_(static_cast<std::size_t>(graph.size())),
      is_source_(parents_.size(), false),
      is_fixed_(parents_.size(), false) {
  std::iota(parents_.begin(), parents_.end(), 0);
  std::vector<int> fixed = {0, graph.output()};
  for (int node = 0; node < graph.size(); ++node) {
    place(node);
    const auto& op = graph.node(node).op;
    const bool is_grouped = op.kind == OpKind::convolution && !mixes_channels(graph, node) &&
                            !is_depthwise(graph, node);
    if (op.kind != OpKind::shortcut && !is_grouped) continue;
    fixed.push_back(node);
    fixed.push_back(graph.node(node).inputs.front());
  }
  for (const int node : fixed) is_fixed_[static_cast<std::size_t>(of(node))] = true;
}

void ChannelSpaces::place(int node) {
  const auto kind = graph_.node(node).op.kind;
  is_source_[static_cast<std::size_t>(node)] =
      kind == OpKind::input || kind == OpKind::concat || kind == OpKind::shortcut ||
      kind == OpKind::fully_connected ||
      (kind == OpKind::convolution && !is_depthwise(graph_, node));
  if (is_source_[static_cast<std::size_t>(node)]) return;
  for (const int input : graph_.node(node).inputs) unite(input, node);
}

int ChannelSpaces::of(int node) const {
  while (parents_[static_cast<std::size_t>(node)] != node)
    node = parents_[static_cast<std::size_t>(node)];
  return node;
}

void ChannelSpaces::unite(int a, int b) {
  const auto [low, high] = std::minmax({of(a), of(b)});  // by value: references would dangle
  parents_[static_cast<std::size_t>(high)] = low;
}

std::vector<int> ChannelSpaces::sources(int space) const {
  std::vector<int> found;
  for (int node = 0; node < graph_.size(); ++node)
    if (is_source_[static_cast<std::size_t>(node)] && of(node) == space) found.push_back(node);
  return found;
}

ChannelMap ChannelSpaces::concatenated(int node, const std::map<int, ChannelMap>& maps) const {
  ChannelMap joined;
  int offset = 0;
  for (const int input : graph_.node(node).inputs) {
    const int channels = graph_.shape(input).channels;
    const auto found = maps.find(of(input));
    for (auto source : found == maps.end() ? identity_map(channels) : found->second) {
      if (source.channel >= 0) source.channel += offset;
      joined.push_back(source);
    }
    offset += channels;
  }
  return joined;
}

std::optional<std::map<int, ChannelMap>> ChannelSpaces::spread(int space, ChannelMap map) const {
  std::map<int, ChannelMap> maps;
  maps.emplace(space, std::move(map));
  // A space's map is set once, so each round but the last sets one.
  for (bool is_changed = true; std::exchange(is_changed, false);) {
    for (int node = 0; node < graph_.size(); ++node) {
      if (graph_.node(node).op.kind != OpKind::concat) continue;
      auto joined = concatenated(node, maps);
      const auto known = maps.find(of(node));
      if (known != maps.end() && known->second != joined) return std::nullopt;
      if (known != maps.end() || joined == identity_map(graph_.shape(node).channels)) continue;
      maps.emplace(of(node), std::move(joined));
      is_changed = true;
    }
  }
  for (const auto& [changed, unused] : maps)
    if (is_fixed(changed)) return std::nullopt;
  return maps;
}

}  // namespace citrine
