#pragma once
// Which values of a network must keep the same channels in the same order, and what follows for all
// of it when one of them gets others.
#include <map>
#include <optional>
#include <vector>

#include "graph/graph.h"

namespace citrine {

// Where a new channel comes from: an old one, of whose outgoing weights it gets a share, or nowhere
// (no outgoing weights).
struct ChannelSource {
  int channel = -1;
  float share = 0;
  bool operator==(const ChannelSource&) const = default;
};
using ChannelMap = std::vector<ChannelSource>;  // by new channel

ChannelMap identity_map(int channels);

// Values are in one space if element by element operations, sums or depthwise convolutions tie
// their channels. A space is named by its first node.
class ChannelSpaces {
 public:
  explicit ChannelSpaces(const Graph& graph);

  int of(int node) const;
  // The network's input, its output and what shortcuts and grouped convolutions tie are fixed.
  bool is_fixed(int space) const { return is_fixed_[static_cast<std::size_t>(space)]; }
  // Nodes of the space that make its channels anew: convolutions, fully connected layers,
  // concatenations, input and shortcuts.
  std::vector<int> sources(int space) const;

  // `map` for `space` and what it makes of spaces of concatenations, by space; nothing if a fixed
  // space would change or two maps meet in one space.
  std::optional<std::map<int, ChannelMap>> spread(int space, ChannelMap map) const;

 private:
  void unite(int a, int b);
  void place(int node);
  ChannelMap concatenated(int node, const std::map<int, ChannelMap>& maps) const;

  const Graph& graph_;
  std::vector<int> parents_;
  std::vector<bool> is_source_, is_fixed_;
};

// Whether the convolution filters each channel on its own.
bool is_depthwise(const Graph& graph, int node);
// Whether the node's weights read all its input's channels: a convolution of one group or a fully
// connected layer.
bool mixes_channels(const Graph& graph, int node);

}  // namespace citrine
