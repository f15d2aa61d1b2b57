#include "app/cost_table.h"

#include <iostream>
#include <string>
#include <vector>

#include <spdlog/fmt/fmt.h>

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

Json schedule_json(const Schedule& schedule) {
  const auto& tile = schedule.tile;
  return {{"order", text_of(schedule.order)}, {"stationary", name_of(dataflow_of(schedule.order))},
          {"tile_filters", tile.filters},     {"tile_channels", tile.channels},
          {"tile_height", tile.height},       {"tile_width", tile.width},
          {"tile_frames", tile.frames}};
}

Json layer_json(const LayerCost& layer) {
  Json json = {{"macs", layer.macs},
               {"other_operations", layer.other_operations},
               {"cycles", layer.cycles},
               {"utilization", layer.utilization},
               {"transfer_bytes", layer.transfer_bytes},
               {"input_bits", layer.traffic.input},
               {"weight_bits", layer.traffic.weights},
               {"output_bits", layer.traffic.output},
               {"partial_sum_bits", layer.traffic.partial},
               {"energy_pj", layer.energy_pj},
               {"seconds", layer.seconds}};
  if (layer.cycles > 0) json["bandwidth_bytes_per_s"] = layer.bandwidth;
  if (layer.array_dataflow) json["array_dataflow"] = name_of(*layer.array_dataflow);
  if (layer.schedule) json["schedule"] = schedule_json(*layer.schedule);
  return json;
}

Json shape_json(const Shape& shape) { return {shape.height, shape.width, shape.channels}; }

std::string schedule_text(const Json& layer) {
  if (!layer.contains("macs")) return "";
  if (!layer.contains("schedule"))
    return layer.contains("array_dataflow") ? "maps stay on chip, weights pass once"
                                            : "passes once";
  const auto& schedule = layer["schedule"];
  const auto extent = [&](const char* name) { return schedule[name].get<int>(); };
  const auto frames =
      extent("tile_frames") > 1 ? fmt::format("{}x", extent("tile_frames")) : std::string();
  return fmt::format("{}; {}{}x{} of {} filters, {} channels", schedule["order"].get<std::string>(),
                     frames, extent("tile_height"), extent("tile_width"), extent("tile_filters"),
                     extent("tile_channels"));
}

// A whole number where it is one.
Json per_frame(std::int64_t count, int frames) {
  if (count % frames == 0) return count / frames;
  return static_cast<double>(count) / frames;
}

// A dash for what a layer does not have, and for operations without multiplications.
std::string cell(const Json& layer, const char* name, double unit, const char* format) {
  if (!layer.contains(name) || layer[name].get<double>() == 0) return "-";
  return fmt::format(fmt::runtime(format), layer[name].get<double>() / unit);
}

}  // namespace

Json layers_json(const Graph& graph, const Cost& price, const Sensitivity& index) {
  auto layers = Json::array();
  for (int i = 0; i < graph.size(); ++i) {
    const auto& node = graph.node(i);
    auto inputs = Json::array();
    for (const int input : node.inputs) inputs.push_back(graph.node(input).name);
    layers.push_back({{"name", node.name},
                      {"operation", name_of(node.op.kind)},
                      {"inputs", inputs},
                      {"shape", shape_json(graph.shape(i))}});
  }
  for (const auto& layer : price.layers)
    layers[static_cast<std::size_t>(layer.node)].update(layer_json(layer));
  for (const auto& layer : index.layers) {
    auto& json = layers[static_cast<std::size_t>(layer.node)];
    json["neurons"] = layer.neurons;
    json["share"] = layer.share;
  }
  return layers;
}

Json cost_json(const Cost& price, const Accelerator& accelerator) {
  const int frames = accelerator.frames;
  const auto bytes = static_cast<double>(price.transfer_bytes);
  return {
      {"accelerator", accelerator.name},
      {"source", accelerator.source},
      {"energy_source", accelerator.energies.source},
      {"frames_at_a_time", accelerator.frames},
      {"operations_per_frame", per_frame(price.operations, frames)},
      {"other_operations_per_frame", per_frame(price.other_operations, frames)},
      {"activations_per_frame", price.activations},
      {"transfer_bytes_per_frame", per_frame(price.transfer_bytes, frames)},
      {"operations_per_byte", bytes > 0 ? static_cast<double>(price.operations) / bytes : 0.0},
      {"bandwidth_bytes_per_s", price.bandwidth},
      {"mean_bandwidth_bytes_per_s",
       price.cycles > 0 ? bytes * accelerator.clock_hz / static_cast<double>(price.cycles) : 0.0},
      {"cycles_per_frame", per_frame(price.cycles, frames)},
      {"utilization", price.utilization},
      {"seconds_per_frame", price.seconds / frames},
      {"energy_pj_per_frame", price.energy_pj / frames},
      {"buffer_bytes_without_spill", price.bytes_without_spill}};
}

void print_layers(const Json& layers) {
  std::cout << fmt::format("{:<28} {:<20} {:>14} {:>12} {:>10} {:>6} {:>10} {:>8} {:>10}  {}\n",
                           "layer", "operation", "shape", "MACs", "cycles", "used/%", "bytes",
                           "MB/s", "energy/nJ", "tiles: order, extents of one");
  for (const auto& layer : layers) {
    const auto& shape = layer["shape"];
    std::cout << fmt::format(
        "{:<28} {:<20} {:>14} {:>12} {:>10} {:>6} {:>10} {:>8} {:>10}  {}\n",
        layer["name"].get<std::string>(), layer["operation"].get<std::string>(),
        fmt::format("{}x{}x{}", shape[0].get<int>(), shape[1].get<int>(), shape[2].get<int>()),
        cell(layer, "macs", 1, "{:.0f}"), cell(layer, "cycles", 1, "{:.0f}"),
        cell(layer, "utilization", 0.01, "{:.1f}"), cell(layer, "transfer_bytes", 1, "{:.0f}"),
        cell(layer, "bandwidth_bytes_per_s", 1e6, "{:.1f}"),
        cell(layer, "energy_pj", 1e3, "{:.1f}"), schedule_text(layer));
  }
}

void print_cost(const Json& cost) {
  for (const auto& [name, value] : cost.items())
    std::cout << fmt::format("{:<28} {}\n", name,
                             value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace citrine
