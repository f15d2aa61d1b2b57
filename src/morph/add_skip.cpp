// A skip that has no effect at first: concatenated behind zero weights, or added through a batch
// norm of scale zero.
#include <algorithm>
#include <utility>

#include "morph/channel_spaces.h"
#include "morph/network_edit.h"
#include "morph/operators.h"

namespace citrine {
namespace {

struct Place {
  int from;    // the earlier value
  int to;      // concatenation: the node that reads it; addition: the value that it is added to
  bool joins;  // concatenation
};

// Values behind an activation, a sum or a pool: not those in the middle of a layer.
bool is_end_of_layer(const Graph& graph, int node) {
  const auto kind = graph.node(node).op.kind;
  return kind == OpKind::relu || kind == OpKind::relu6 || kind == OpKind::max_pool ||
         kind == OpKind::average_pool || kind == OpKind::add || kind == OpKind::concat;
}

bool are_of_one_size(const Shape& a, const Shape& b) {
  return a.height == b.height && a.width == b.width;
}

bool can_join(const Graph& graph, int from, int reader) {
  if (!mixes_channels(graph, reader)) return false;
  const int read = graph.node(reader).inputs.front();
  const auto& node = graph.node(read);
  const bool is_there = node.op.kind == OpKind::concat && std::ranges::count(node.inputs, from) > 0;
  return from != read && !is_there && are_of_one_size(graph.shape(from), graph.shape(read));
}

bool can_add(const Graph& graph, int from, int to) {
  return is_end_of_layer(graph, to) && to != graph.output() && graph.shape(from) == graph.shape(to);
}

std::vector<Place> places(const Graph& graph, bool joins) {
  std::vector<Place> found;
  for (int from = 1; from < graph.size(); ++from) {
    if (!is_end_of_layer(graph, from)) continue;
    for (int to = from + 1; to < graph.size(); ++to)
      if (joins ? can_join(graph, from, to) : can_add(graph, from, to))
        found.push_back({from, to, joins});
  }
  return found;
}

// Weights of `channels` channels that are read, behind them zeros for `added` more.
Tensor with_zero_slices(const Tensor& old, int channels, int added) {
  const auto rows = static_cast<std::size_t>(old.shape.front());
  const auto row = old.values.size() / rows;
  const auto wide =
      row / static_cast<std::size_t>(channels) * static_cast<std::size_t>(channels + added);
  Tensor tensor = {.shape = old.shape, .values = std::vector<float>(rows * wide)};
  tensor.shape[1] = old.shape[1] / channels * (channels + added);
  for (std::size_t r = 0; r < rows; ++r)
    std::copy_n(old.values.data() + r * row, row, tensor.values.data() + r * wide);
  return tensor;
}

Morphed join(const Network& network, Place place) {
  const auto& graph = network.graph;
  const auto& reader = graph.node(place.to).name;
  const int read = graph.node(place.to).inputs.front();
  NetworkEdit edit(network);
  edit.insert(place.to, {edit.fresh_name("skip"), {.kind = OpKind::concat}, {read, place.from}});
  edit.node(place.to + 1).inputs = {place.to};
  auto& weight = edit.weight(reader, "weight");
  weight = with_zero_slices(weight, graph.shape(read).channels, graph.shape(place.from).channels);
  return {
      std::move(edit).finish(), "skip " + graph.node(place.from).name + " | " + reader, {reader}};
}

Morphed add(const Network& network, Place place) {
  const auto& graph = network.graph;
  NetworkEdit edit(network);
  const auto name = edit.fresh_name("skip");
  edit.insert(place.to + 1, {name + ".bn", {.kind = OpKind::batch_norm}, {place.from}});
  edit.insert(place.to + 2, {name, {.kind = OpKind::add}, {place.to, place.to + 1}});
  edit.redirect(place.to, place.to + 2, place.to + 2);
  const auto channels = static_cast<std::size_t>(graph.shape(place.to).channels);
  edit.add_identity_batch_norm(name + ".bn", std::vector<float>(channels, 0),
                               std::vector<float>(channels, 1));
  std::ranges::fill(edit.weight(name + ".bn", "weight").values, 0.0F);
  return {std::move(edit).finish(),
          "skip " + graph.node(place.from).name + " + " + graph.node(place.to).name,
          {name + ".bn"}};
}

}  // namespace

std::optional<Morphed> add_skip(const Network& network, Key key) {
  const bool joins = uniform(split(key, "form"), 0) < 0.5;
  auto all = places(network.graph, joins);
  if (all.empty()) all = places(network.graph, !joins);
  if (all.empty()) return std::nullopt;
  const auto place = drawn(all, split(key, "place"));
  return place.joins ? join(network, place) : add(network, place);
}

}  // namespace citrine
