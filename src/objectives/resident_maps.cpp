#include "objectives/resident_maps.h"

#include <algorithm>
#include <utility>

#include "objectives/checked.h"

namespace citrine {
namespace {

// Indices of the first and last pass that a map is alive in; the input's is alive from the start.
struct Lifetime {
  std::size_t first = 0, last = 0;
};

// Each once.
std::vector<int> maps_read(const MapPass& pass, const std::vector<std::vector<int>>& maps) {
  std::vector<int> read;
  for (const auto* nodes : {&pass.inputs, &pass.addends})
    for (const int node : *nodes)
      for (const int map : maps[static_cast<std::size_t>(node)])
        if (std::ranges::count(read, map) == 0) read.push_back(map);
  return read;
}

// By node; of maps alone.
std::vector<Lifetime> lifetimes(const Graph& graph, std::span<const MapPass> passes,
                                const std::vector<std::vector<int>>& maps) {
  std::vector<Lifetime> lives(static_cast<std::size_t>(graph.size()));
  for (std::size_t i = 0; i < passes.size(); ++i) {
    lives[static_cast<std::size_t>(passes[i].node)] = {i, i};
    for (const int map : maps_read(passes[i], maps)) lives[static_cast<std::size_t>(map)].last = i;
  }
  return lives;
}

// The input's node and those of the passes.
std::vector<int> map_nodes(std::span<const MapPass> passes) {
  std::vector<int> nodes = {0};
  for (const auto& pass : passes) nodes.push_back(pass.node);
  return nodes;
}

// Either a filter's whole weights and one accumulator, or one channel's and all accumulators.
std::int64_t filter_bits(const Graph& graph, const MapPass& pass, const Accelerator& accelerator) {
  if (cost_rule(graph.node(pass.source).op.kind) != CostRule::dot_product) return 0;
  const auto group = convolution_group(graph, pass.source, accelerator.frames);
  const auto of = [&](std::int64_t channels, std::int64_t sums) {
    return accelerator.weight_bits * group.kernel_area() * channels +
           accelerator.accumulator_bits * sums;
  };
  return std::min(of(group.channels, 1), of(1, group.pixels() * accelerator.frames));
}

std::int64_t weight_bits(const Graph& graph, const MapPass& pass, const Accelerator& accelerator) {
  const auto& op = graph.node(pass.source).op;
  if (cost_rule(op.kind) != CostRule::dot_product) return 0;
  return checked_product(convolution_group(graph, pass.source).weights(),
                         std::int64_t{accelerator.weight_bits} * op.groups);
}

// By node: is every pass of the map's life one that fits?
template <class Fits>
std::vector<bool> resident_maps(const Graph& graph, std::span<const MapPass> passes,
                                const std::vector<std::vector<int>>& maps, const Fits& fits) {
  std::vector<bool> stays(static_cast<std::size_t>(graph.size()), false);
  const auto lives = lifetimes(graph, passes, maps);
  for (const int node : map_nodes(passes)) {
    const auto& [first, last] = lives[static_cast<std::size_t>(node)];
    bool all = true;
    for (std::size_t i = first; i <= last; ++i) all = all && fits(i);
    stays[static_cast<std::size_t>(node)] = all;
  }
  return stays;
}

}  // namespace

std::vector<std::int64_t> bytes_on_chip(const Graph& graph, std::span<const MapPass> passes,
                                        const std::vector<std::vector<int>>& maps,
                                        const Accelerator& accelerator) {
  if (passes.empty()) return {};
  const auto lives = lifetimes(graph, passes, maps);
  std::vector<std::int64_t> changes(passes.size() + 1, 0);  // of the bits alive
  for (const int node : map_nodes(passes)) {
    const auto& [first, last] = lives[static_cast<std::size_t>(node)];
    const auto bits =
        checked_product(graph.shape(node).elements(),
                        std::int64_t{accelerator.activation_bits} * accelerator.frames);
    changes[first] = checked_sum(changes[first], bits);
    changes[last + 1] = checked_sum(changes[last + 1], -bits);
  }
  std::vector<std::int64_t> bytes;
  std::int64_t alive = 0;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    alive = checked_sum(alive, changes[i]);
    bytes.push_back(ceil_divide(checked_sum(alive, filter_bits(graph, passes[i], accelerator)), 8));
  }
  return bytes;
}

std::vector<std::optional<Traffic>> traffic_on_chip(const Graph& graph,
                                                    std::span<const MapPass> passes,
                                                    const std::vector<std::vector<int>>& maps,
                                                    const Accelerator& accelerator) {
  if (passes.empty()) return {};
  const auto bytes = bytes_on_chip(graph, passes, maps, accelerator);
  const auto& logits = maps[static_cast<std::size_t>(graph.output())];
  const auto fits = [&](std::size_t pass) { return bytes[pass] <= accelerator.buffer_bytes; };
  const auto stays = resident_maps(graph, passes, maps, fits);
  const std::int64_t bits = std::int64_t{accelerator.activation_bits} * accelerator.frames;
  std::vector<std::optional<Traffic>> moved(passes.size());
  bool has_frame = false;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    if (!fits(i)) continue;
    auto& traffic = moved[i].emplace();
    for (const int map : maps_read(passes[i], maps))
      if (!stays[static_cast<std::size_t>(map)] || (map == 0 && !std::exchange(has_frame, true)))
        traffic.input += bits * graph.shape(map).elements();
    if (!stays[static_cast<std::size_t>(passes[i].node)] ||
        std::ranges::count(logits, passes[i].node) > 0)
      traffic.output = bits * graph.shape(passes[i].node).elements();
    traffic.weights = weight_bits(graph, passes[i], accelerator);
  }
  return moved;
}

}  // namespace citrine
