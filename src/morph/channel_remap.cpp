#include "morph/channel_remap.h"

#include <algorithm>
#include <utility>

namespace citrine {
namespace {

// Rows of the first dimension by `map`; those from nowhere hold `fresh`, repeated.
Tensor with_rows(const Tensor& old, const ChannelMap& map, const std::vector<float>& fresh) {
  Tensor tensor = {.shape = old.shape, .values = {}};
  tensor.shape.front() = static_cast<std::int64_t>(map.size());
  const auto row = old.values.size() / static_cast<std::size_t>(old.shape.front());
  for (const auto& source : map) {
    if (source.channel < 0) {
      for (std::size_t i = 0; i < row; ++i) tensor.values.push_back(fresh[i % fresh.size()]);
      continue;
    }
    const auto* begin = old.values.data() + static_cast<std::size_t>(source.channel) * row;
    tensor.values.insert(tensor.values.end(), begin, begin + row);
  }
  return tensor;
}

// Weights of `channels` channels that are read, channel by channel: slices by `map`, times their
// shares. A fully connected layer reads several weights a channel.
Tensor with_columns(const Tensor& old, int channels, const ChannelMap& map) {
  const auto rows = static_cast<std::size_t>(old.shape[0]);
  const auto columns = static_cast<std::size_t>(channels);
  const auto slice = old.values.size() / (rows * columns);
  Tensor tensor = {.shape = old.shape, .values = {}};
  tensor.shape[1] = old.shape[1] / channels * static_cast<std::int64_t>(map.size());
  tensor.values.reserve(rows * map.size() * slice);
  for (std::size_t r = 0; r < rows; ++r)
    for (const auto& source : map) {
      const auto column = static_cast<std::size_t>(std::max(source.channel, 0));
      const auto* begin = old.values.data() + (r * columns + column) * slice;
      for (std::size_t i = 0; i < slice; ++i)
        tensor.values.push_back(source.channel < 0 ? 0 : begin[i] * source.share);
    }
  return tensor;
}

std::vector<float> identity_filter(int kernel) {
  std::vector<float> filter(static_cast<std::size_t>(kernel) * static_cast<std::size_t>(kernel));
  filter[filter.size() / 2] = 1;
  return filter;
}

class Remapper {
 public:
  Remapper(const Network& network, const ChannelSpaces& spaces,
           const std::map<int, ChannelMap>& maps)
      : graph_(network.graph),
        spaces_(spaces),
        maps_(maps),
        nodes_(network.graph.nodes()),
        weights_(network.weights) {}

  Remapped remap() && {
    for (int node = 1; node < graph_.size(); ++node) remap(node);
    Network network = {Graph(graph_.input_shape(), std::move(nodes_)), std::move(weights_)};
    check_weights(network.graph, network.weights);
    return {std::move(network), std::move(touched_)};
  }

 private:
  const ChannelMap* map_of(int node) const {
    const auto found = maps_.find(spaces_.of(node));
    return found == maps_.end() ? nullptr : &found->second;
  }

  void remap(int node) {
    auto& [name, op, inputs] = nodes_[static_cast<std::size_t>(node)];
    const auto* out = map_of(node);
    const auto* in = map_of(inputs.front());
    const bool is_mixing = mixes_channels(graph_, node);
    const bool is_kept = op.kind != OpKind::batch_norm && !is_depthwise(graph_, node);
    if (is_kept && !is_mixing) return;
    if (!out && !(is_mixing && in)) return;
    touched_.push_back(name);
    if (is_mixing && in) columns(name, graph_.shape(inputs.front()).channels, *in);
    if (!out) return;
    if (op.kind == OpKind::batch_norm) return remap_batch_norm(name, *out);
    rows(name + ".weight", *out, is_mixing ? std::vector<float>{0} : identity_filter(op.kernel));
    if (op.has_bias) rows(name + ".bias", *out, {0});
    op.channels = static_cast<int>(out->size());
    if (!is_mixing) op.groups = op.channels;
  }

  void remap_batch_norm(const std::string& name, const ChannelMap& map) {
    rows(name + ".weight", map, {1});
    rows(name + ".bias", map, {0});
    rows(name + ".running_mean", map, {0});
    rows(name + ".running_var", map, {1});
  }

  void rows(const std::string& key, const ChannelMap& map, const std::vector<float>& fresh) {
    auto& tensor = weights_.at(key);
    tensor = with_rows(tensor, map, fresh);
  }

  void columns(const std::string& name, int channels, const ChannelMap& map) {
    auto& tensor = weights_.at(name + ".weight");
    tensor = with_columns(tensor, channels, map);
  }

  const Graph& graph_;
  const ChannelSpaces& spaces_;
  const std::map<int, ChannelMap>& maps_;
  std::vector<Node> nodes_;
  Weights weights_;
  std::vector<std::string> touched_;
};

}  // namespace

Remapped remap_channels(const Network& network, const ChannelSpaces& spaces,
                        const std::map<int, ChannelMap>& maps) {
  return Remapper(network, spaces, maps).remap();
}

}  // namespace citrine
