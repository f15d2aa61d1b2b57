#include "app/workload_table.h"

#include <iostream>
#include <limits>

#include <spdlog/fmt/fmt.h>

#include "kernels/error.h"
#include "quant/forward.h"
#include "quant/scheme.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

// A fully connected layer is a 1x1 convolution of its flattened map.
ConvolutionShape shape_of(const Graph& graph, int index) {
  const auto& op = graph.node(index).op;
  const auto& input = graph.shape(graph.node(index).inputs.front());
  const std::int64_t steps = op.kind == OpKind::fully_connected
                                 ? input.elements()
                                 : std::int64_t{op.kernel} * op.kernel * input.channels / op.groups;
  if (steps > std::numeric_limits<int>::max())
    throw Error(graph.node(index).name, ": a dot product may have at most ",
                std::numeric_limits<int>::max(), " steps, got ", steps);
  if (op.kind == OpKind::fully_connected)
    return {.channels = static_cast<int>(input.elements()), .filters = op.channels};
  return {.height = input.height,
          .width = input.width,
          .channels = input.channels,
          .filters = op.channels,
          .kernel = op.kernel,
          .stride = op.stride,
          .padding = op.padding,
          .groups = op.groups};
}

// Every map but the input counts as one behind a rectifier.
Workload graph_workload(const Graph& graph, const Scheme& scheme) {
  const NumberFormat input("linear8");
  Workload sum;
  for (int index = 1; index < graph.size(); ++index) {
    const auto& node = graph.node(index);
    if (!is_dot_product(node.op.kind)) continue;
    const auto& activations = node.inputs.front() == 0 ? input : scheme.rectified;
    sum += dot_product_workload(shape_of(graph, index), scheme.weights, activations);
  }
  return sum;
}

void print_head(const char* first, const char* second) {
  std::cout << fmt::format(
      "\n{:<28} {:<12} {:>12} {:>12} {:>12} {:>12} {:>12} {:>9} {:>12} {:>12}\n", first, second,
      "multiplies", "shifts", "of zero", "additions", "cycles", "bytes", "energy/nJ", "reading/nJ");
}

void print_line(const std::string& first, const std::string& second, const Json& work) {
  std::cout << fmt::format(
      "{:<28} {:<12} {:>12} {:>12} {:>12} {:>12} {:>12} {:>9} {:>12.2f} {:>12.2f}\n", first, second,
      work["multiplies"].dump(), work["shifts"].dump(),
      work.contains("zero_shifts") ? work["zero_shifts"].dump() : "-", work["additions"].dump(),
      work["cycles"].dump(), work["weight_bytes"].dump(), work["energy_pj"].get<double>() / 1e3,
      work["weight_read_pj"].get<double>() / 1e3);
}

}  // namespace

Json workload_json(const Workload& work, const EnergyTable& table) {
  return {{"multiplies", work.count(Arithmetic::multiply)},
          {"shifts", work.count(Arithmetic::shift)},
          {"additions", work.count(Arithmetic::add)},
          {"cycles", work.cycles},
          {"weight_bytes", work.weight_bytes},
          {"energy_pj", energy_pj(table, work)},
          {"weight_read_pj", weight_read_pj(table, work)}};
}

Json integer_network_json(const IntegerNetwork& network, const EnergyTable& table) {
  const auto json_of = [&](const Workload& work) {
    auto json = workload_json(work, table);
    json["zero_shifts"] = work.zero_shifts;
    return json;
  };
  auto layers = Json::array();
  for (const auto& layer : network.layers) {
    if (layer.kind != LayerKind::convolution) continue;
    Json json = {{"name", layer.name},
                 {"weight_format", layer.weight_format.name()},
                 {"product_bits", mac_widths(network, layer).product},
                 {"accumulator_bits", layer.accumulator.bits},
                 {"overflow", name_of(layer.accumulator.overflow)}};
    json.update(json_of(layer_workload(network, layer)));
    layers.push_back(std::move(json));
  }
  return {{"energy_source", table.source},
          {"layers", std::move(layers)},
          {"total", json_of(network_workload(network))}};
}

Json schemes_json(const Graph& graph, const std::vector<std::string>& schemes,
                  const EnergyTable& table) {
  auto rows = Json::array();
  for (const auto& name : schemes) {
    Json row = {{"scheme", name}};
    row.update(workload_json(graph_workload(graph, scheme(name)), table));
    rows.push_back(std::move(row));
  }
  return {{"energy_source", table.source}, {"schemes", std::move(rows)}};
}

void print_integer_network(const Json& json) {
  print_head("layer", "weights");
  for (const auto& layer : json["layers"])
    print_line(layer["name"].get<std::string>(), layer["weight_format"].get<std::string>(), layer);
  print_line("total", "", json["total"]);
  std::cout << "energy: " << json["energy_source"].get<std::string>() << '\n';
}

void print_schemes(const Json& json) {
  print_head("scheme", "");
  for (const auto& row : json["schemes"]) print_line(row["scheme"].get<std::string>(), "", row);
  std::cout << "energy: " << json["energy_source"].get<std::string>() << '\n';
}

}  // namespace citrine
