#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <optional>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "app/accelerator_file.h"
#include "app/commands.h"
#include "app/cost_table.h"
#include "app/energy_file.h"
#include "app/network_source.h"
#include "app/settings.h"
#include "app/workload_table.h"
#include "objectives/flip_amplitude.h"
#include "objectives/sensitivity.h"
#include "report/cost_figures.h"
#include "store/files.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

Json network_json(const Graph& graph, const Cost& price, const Sensitivity& index,
                  const Accelerator& accelerator) {
  const auto& input = graph.input_shape();
  auto totals = cost_json(price, accelerator);
  return {{"input", {input.height, input.width, input.channels}},
          {"classes", graph.classes()},
          {"hash", canonical_hash(graph)},
          {"macs", count_macs(graph)},
          {"parameters", count_parameters(graph)},
          {"objectives",
           {{"sensitivity_mean", index.mean},
            {"sensitivity_variance", index.variance},
            {"sensitivity_single", index.single},
            {"flip_amplitude", flip_amplitude(graph).mean},
            {"operations", totals["operations_per_frame"]},
            {"transfer_bytes", totals["transfer_bytes_per_frame"]},
            {"bandwidth_bytes_per_s", price.bandwidth}}},
          {"cost", std::move(totals)},
          {"layers", layers_json(graph, price, index)}};
}

void print_table(const Json& json) {
  print_layers(json["layers"]);
  std::cout << "\nMACs " << json["macs"] << ", parameters " << json["parameters"] << ", hash "
            << json["hash"].get<std::string>() << '\n';
  for (const auto& [name, value] : json["objectives"].items())
    std::cout << fmt::format("{:<28} {}\n", name, value.dump());
  std::cout << '\n';
  print_cost(json["cost"]);
}

// Of an integer network as it is, and of the graph under the schemes of --schemes.
void add_workloads(Json& json, const Graph& graph, const Options& options,
                   const EnergyTable& energies) {
  const auto& net = options.arguments().front();
  if (is_integer_network(net))
    json["integer"] = integer_network_json(read_integer_network(net).network, energies);
  if (const auto schemes = options.texts("schemes"); !schemes.empty())
    json["dot_products"] = schemes_json(graph, schemes, energies);
}

void print(const Json& json) {
  print_table(json);
  if (json.contains("integer")) print_integer_network(json["integer"]);
  if (json.contains("dot_products")) print_schemes(json["dot_products"]);
}

void write_pictures(const Graph& graph, const Cost& price, const Sensitivity& index,
                    const Accelerator& accelerator, const std::filesystem::path& folder) {
  auto figures = cost_figures(graph, price, accelerator);
  std::ranges::move(sensitivity_figures(graph, index, "network"), std::back_inserter(figures));
  draw(figures);
  write_figures(figures, folder);
}

// With the energies of --energy in place of its own.
Accelerator accelerator(const Options& options) {
  auto accelerator = load_accelerator(options.text("accelerator"));
  if (const auto& table = options.text("energy"); !table.empty())
    accelerator.energies = energy_table(table);
  return accelerator;
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
  const auto machine = accelerator(options);
  const auto price = cost(graph, machine);
  const auto index = sensitivity(graph, pool_factor(options.text("pool-factor")));
  if (const auto& folder = options.text("out"); !folder.empty())
    write_pictures(graph, price, index, machine, folder);
  auto json = network_json(graph, price, index, machine);
  add_workloads(json, graph, options, machine.energies);
  if (options.text("format") == "json")
    std::cout << json.dump(2) << '\n';
  else
    print(json);
}

}  // namespace citrine
