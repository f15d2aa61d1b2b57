#include "app/network_source.h"

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "graph/graph_json.h"
#include "kernels/error.h"
#include "kernels/names.h"
#include "models/models.h"
#include "models/safetensors.h"
#include "store/files.h"
#include "store/sha256.h"

namespace citrine {
namespace {

bool is_file_of_ours(const std::string& net) { return net.ends_with(".h5"); }
bool is_json(const std::string& net) { return net.ends_with(".json"); }

void require_file(const std::string& path) {
  if (!std::filesystem::exists(path)) throw Error(path, ": no such file");
}

std::optional<Weights> given_weights(const Graph& graph, const Options& options) {
  const auto path = options.text("weights");
  if (path.empty()) return std::nullopt;
  require_file(path);
  if (!path.ends_with(".safetensors"))
    return match_weights(graph, read_network(path).network.weights);
  return match_weights(graph, read_safetensors(path));
}

ModelOptions model_options(const Options& options, const Dataset* dataset) {
  ModelOptions result;
  if (dataset != nullptr) {
    result.input = dataset->train.shape;
    result.classes = dataset->train.classes;
  }
  if (options.command() == "inspect" && options.integer("classes") > 0)
    result.classes = static_cast<int>(options.integer("classes"));
  return result;
}

Graph built_in(const std::string& net, const Options& options, const Dataset* dataset) {
  if (std::filesystem::exists(net) || net.find('/') != std::string::npos)
    throw Error(net, ": a network is a .h5 file of ours, a .json graph or a built-in name");
  return model(net, model_options(options, dataset));
}

std::optional<Network> load_with_weights(const std::string& net, const Options& options,
                                         const Dataset* dataset) {
  if (is_file_of_ours(net) && options.text("weights").empty()) {
    require_file(net);
    return read_network(net).network;
  }
  auto graph = load_graph(net, options, dataset);
  auto weights = given_weights(graph, options);
  if (!weights) return std::nullopt;
  return Network{std::move(graph), std::move(*weights)};
}

}  // namespace

bool is_integer_network(const std::string& net) {
  if (!is_file_of_ours(net)) return false;
  require_file(net);
  return schema_of(net) == "integer network";
}

Graph load_graph(const std::string& net, const Options& options, const Dataset* dataset) {
  if (is_json(net)) {
    require_file(net);
    return read_graph_json(net);
  }
  if (!is_file_of_ours(net)) return built_in(net, options, dataset);
  return is_integer_network(net) ? read_integer_network(net).graph
                                 : read_network(net).network.graph;
}

Network load_network(const std::string& net, const Options& options, const Dataset* dataset) {
  auto network = load_with_weights(net, options, dataset);
  if (!network) throw Error(net, " has no weights: give them with --weights, or train it first");
  if (dataset != nullptr) check_fits(network->graph, *dataset);
  return std::move(*network);
}

Network load_or_start_network(const std::string& net, const Options& options,
                              const Dataset& dataset, Key key) {
  auto network = load_with_weights(net, options, &dataset);
  if (!network) {
    auto graph = load_graph(net, options, &dataset);
    auto weights = random_weights(graph, key);
    network = Network{std::move(graph), std::move(weights)};
  }
  check_fits(network->graph, dataset);
  return std::move(*network);
}

void check_fits(const Graph& graph, const Dataset& dataset) {
  const auto wanted = graph.input_shape();
  const auto& got = dataset.train.shape;
  if (!(wanted == got))
    throw Error("the network reads images of ", wanted.height, "x", wanted.width, "x",
                wanted.channels, ", but ", dataset.name, " has ", got.height, "x", got.width, "x",
                got.channels);
  if (graph.classes() != dataset.train.classes)
    throw Error("the network tells ", graph.classes(), " classes apart, but ", dataset.name,
                " has ", dataset.train.classes);
}

std::string network_hash(const Network& network) {
  std::vector<std::byte> bytes;
  const auto take = [&](const auto& values) {
    const auto added = std::as_bytes(std::span(values));
    bytes.insert(bytes.end(), added.begin(), added.end());
  };
  take(to_json(network.graph).dump());
  for (const auto& [name, tensor] : network.weights) {
    take(name);
    take(tensor.values);
  }
  return sha256(bytes).substr(0, 16);
}

}  // namespace citrine
