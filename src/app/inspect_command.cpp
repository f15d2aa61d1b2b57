#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "app/commands.h"
#include "app/energy_file.h"
#include "app/network_source.h"
#include "app/settings.h"
#include "app/workload_table.h"
#include "objectives/sensitivity.h"
#include "store/files.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

std::string shape_text(const Shape& shape) {
  return fmt::format("{}x{}x{}", shape.height, shape.width, shape.channels);
}

Json layers_json(const Graph& graph, const Cost& price) {
  auto layers = Json::array();
  auto costs = price.layers.begin();
  for (int i = 0; i < graph.size(); ++i) {
    const auto& node = graph.node(i);
    auto inputs = Json::array();
    for (const int input : node.inputs) inputs.push_back(graph.node(input).name);
    Json layer = {
        {"name", node.name},
        {"operation", name_of(node.op.kind)},
        {"inputs", inputs},
        {"shape", {graph.shape(i).height, graph.shape(i).width, graph.shape(i).channels}}};
    if (costs != price.layers.end() && costs->node == i) {
      layer["macs"] = costs->macs;
      layer["transfer_bytes"] = costs->transfer_bytes;
      layer["cycles"] = costs->cycles;
      ++costs;
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

Json network_json(const Graph& graph, const Options& options) {
  const auto price = cost(graph, accelerator(options));
  const auto index = sensitivity(graph, pool_factor(options.text("pool-factor")));
  return {{"input",
           {graph.input_shape().height, graph.input_shape().width, graph.input_shape().channels}},
          {"classes", graph.classes()},
          {"hash", canonical_hash(graph)},
          {"macs", count_macs(graph)},
          {"parameters", count_parameters(graph)},
          {"objectives",
           {{"sensitivity_mean", index.mean},
            {"sensitivity_variance", index.variance},
            {"sensitivity_single", index.single},
            {"operations", price.operations},
            {"transfer_bytes", price.transfer_bytes},
            {"bandwidth_bytes_per_s", price.bandwidth}}},
          {"layers", layers_json(graph, price)}};
}

void print_table(const Graph& graph, const Json& json) {
  std::cout << fmt::format("{:<28} {:<20} {:>14} {:>14} {:>14} {:>12}\n", "layer", "operation",
                           "shape", "MACs", "transfer/bytes", "cycles");
  int index = 0;
  for (const auto& layer : json["layers"]) {
    const auto number = [&](const char* name) {
      return layer.contains(name) ? layer[name].dump() : std::string("-");
    };
    std::cout << fmt::format(
        "{:<28} {:<20} {:>14} {:>14} {:>14} {:>12}\n", layer["name"].get<std::string>(),
        layer["operation"].get<std::string>(), shape_text(graph.shape(index++)), number("macs"),
        number("transfer_bytes"), number("cycles"));
  }
  std::cout << "\nMACs " << json["macs"] << ", parameters " << json["parameters"] << ", hash "
            << json["hash"].get<std::string>() << '\n';
  for (const auto& [name, value] : json["objectives"].items())
    std::cout << fmt::format("{:<24} {}\n", name, value.dump());
}

// Of an integer network as it is, and of the graph under the schemes of --schemes.
void add_workloads(Json& json, const Graph& graph, const Options& options) {
  const auto& net = options.arguments().front();
  const auto energies = energy_table(options);
  if (is_integer_network(net))
    json["integer"] = integer_network_json(read_integer_network(net).network, energies);
  if (const auto schemes = options.texts("schemes"); !schemes.empty())
    json["dot_products"] = schemes_json(graph, schemes, energies);
}

void print(const Graph& graph, const Json& json) {
  print_table(graph, json);
  if (json.contains("integer")) print_integer_network(json["integer"]);
  if (json.contains("dot_products")) print_schemes(json["dot_products"]);
}

}  // namespace

void run_inspect(const Options& options) {
  std::optional<Dataset> dataset;
  if (!options.text("data").empty())
    dataset =
        load_dataset(options.text("data"),
                     {.image_size = static_cast<int>(options.integer("image-size")), .limit = 1});
  const auto& net = options.arguments().front();
  const auto graph = options.text("weights").empty()
                         ? load_graph(net, options, dataset ? &*dataset : nullptr)
                         : load_network(net, options, dataset ? &*dataset : nullptr).graph;
  auto json = network_json(graph, options);
  add_workloads(json, graph, options);
  if (options.text("format") == "json")
    std::cout << json.dump(2) << '\n';
  else
    print(graph, json);
}

}  // namespace citrine
