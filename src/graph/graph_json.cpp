#include "graph/graph_json.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "graph/node_check.h"
#include "graph/printable.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

using nlohmann::json;

constexpr std::string_view kNodeKeys[] = {"name",   "op",      "inputs", "channels", "kernel",
                                          "stride", "padding", "groups", "has_bias"};
constexpr std::string_view kGraphKeys[] = {"schema", "version", "input", "nodes", "output"};
constexpr std::string_view kShapeKeys[] = {"height", "width", "channels"};

void check_keys(const json& object, std::span<const std::string_view> keys,
                const std::string& where) {
  if (!object.is_object()) throw Error(where, ": must be an object");
  for (const auto& [key, value] : object.items())
    if (std::ranges::find(keys, key) == keys.end())
      throw Error(where, ": ", unknown_name("key", printable(key), keys));
}

int integer(const json& object, const char* key, int fallback, const std::string& where) {
  if (!object.contains(key)) return fallback;
  const auto& value = object.at(key);
  if (!value.is_number_integer() || value < 0 || value > 1'000'000)
    throw Error(where, ": ", key, " must be an integer in 0..1000000");
  return value.get<int>();
}

std::string text(const json& object, const char* key, const std::string& where) {
  if (!object.contains(key) || !object.at(key).is_string())
    throw Error(where, ": ", key, " must be a text");
  return object.at(key).get<std::string>();
}

// A node whose inputs are still names.
struct Wire {
  Node node;
  std::vector<std::string> inputs;
};

Operation read_operation(const json& object, const std::string& name) {
  Operation op;
  const auto kind = text(object, "op", name);
  try {
    op.kind = op_kind(kind);
  } catch (const Error& error) {
    throw Error(name, ": ", error.what());
  }
  op.channels = integer(object, "channels", 0, name);
  op.kernel = integer(object, "kernel", 1, name);
  op.stride = integer(object, "stride", 1, name);
  op.padding = integer(object, "padding", 0, name);
  op.groups = integer(object, "groups", 1, name);
  const json bias = object.value("has_bias", json(false));
  if (!bias.is_boolean()) throw Error(name, ": has_bias must be true or false");
  op.has_bias = bias.get<bool>();
  return op;
}

std::vector<std::string> read_names(const json& list, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& entry : list.is_array() ? list : json::array({nullptr})) {
    if (!entry.is_string()) throw Error(name, ": inputs must be a list of names");
    names.push_back(entry.get<std::string>());
  }
  return names;
}

Wire read_wire(const json& object, const std::string& where) {
  if (!object.is_object()) throw Error(where, ": must be an object");
  Wire wire;
  wire.node.name = text(object, "name", where);
  const auto& name = wire.node.name;
  check_name(name);
  check_keys(object, kNodeKeys, name);
  wire.node.op = read_operation(object, name);
  if (object.contains("inputs")) wire.inputs = read_names(object.at("inputs"), name);
  return wire;
}

// Walks from a node that waits to one that it waits for, until one comes twice: it is on a cycle.
[[noreturn]] void refuse_cycle(const std::vector<Wire>& wires,
                               const std::map<std::string, int>& index,
                               const std::vector<int>& missing) {
  const auto waits = [&](int node) { return missing[static_cast<std::size_t>(node)] > 0; };
  std::set<int> passed;
  int node = 0;
  while (!waits(node)) ++node;
  while (passed.insert(node).second) {
    const auto& inputs = wires[static_cast<std::size_t>(node)].inputs;
    node = index.at(
        *std::ranges::find_if(inputs, [&](const auto& input) { return waits(index.at(input)); }));
  }
  throw Error(wires[static_cast<std::size_t>(node)].node.name, ": lies on a cycle");
}

// Kahn 1962, always the earliest ready node, so that an ordered list keeps its order.
std::vector<int> topological_order(const std::vector<Wire>& wires,
                                   const std::map<std::string, int>& index) {
  std::vector<int> missing(wires.size()), order;
  std::vector<std::vector<int>> readers(wires.size());
  std::set<int> ready;
  for (int i = 0; i < static_cast<int>(wires.size()); ++i) {
    const auto& wire = wires[static_cast<std::size_t>(i)];
    missing[static_cast<std::size_t>(i)] = static_cast<int>(wire.inputs.size());
    if (wire.inputs.empty()) ready.insert(i);
    for (const auto& input : wire.inputs) {
      const auto found = index.find(input);
      if (found == index.end())
        throw Error(wire.node.name, ": its input '", printable(input), "' is not a node");
      readers[static_cast<std::size_t>(found->second)].push_back(i);
    }
  }
  while (!ready.empty()) {
    const int next = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(next);
    for (const int reader : readers[static_cast<std::size_t>(next)])
      if (--missing[static_cast<std::size_t>(reader)] == 0) ready.insert(reader);
  }
  if (order.size() < wires.size()) refuse_cycle(wires, index, missing);
  return order;
}

std::vector<Node> ordered_nodes(const std::vector<Wire>& wires, const std::string& output) {
  std::map<std::string, int> index;
  for (int i = 0; i < static_cast<int>(wires.size()); ++i)
    if (!index.emplace(wires[static_cast<std::size_t>(i)].node.name, i).second)
      throw Error(wires[static_cast<std::size_t>(i)].node.name, ": two nodes have this name");
  auto order = topological_order(wires, index);
  const auto last = index.find(output);
  if (last == index.end()) throw Error("graph: the output '", printable(output), "' is not a node");
  for (const auto& wire : wires)
    if (std::ranges::count(wire.inputs, output) > 0)
      throw Error(output, ": the output must have no readers, but ", wire.node.name, " reads it");
  std::erase(order, last->second);
  order.push_back(last->second);
  std::map<std::string, int> position;
  for (std::size_t i = 0; i < order.size(); ++i)
    position[wires[static_cast<std::size_t>(order[i])].node.name] = static_cast<int>(i);
  std::vector<Node> nodes;
  for (const int i : order) {
    const auto& wire = wires[static_cast<std::size_t>(i)];
    nodes.push_back(wire.node);
    for (const auto& input : wire.inputs) nodes.back().inputs.push_back(position.at(input));
  }
  return nodes;
}

Shape read_shape(const json& object) {
  check_keys(object, kShapeKeys, "input");
  return {integer(object, "height", 0, "input"), integer(object, "width", 0, "input"),
          integer(object, "channels", 0, "input")};
}

}  // namespace

json to_json(const Graph& graph) {
  json nodes = json::array();
  for (const auto& node : graph.nodes()) {
    json object = {{"name", node.name}, {"op", name_of(node.op.kind)}};
    for (const int input : node.inputs) object["inputs"].push_back(graph.node(input).name);
    const Operation plain;
    if (node.op.channels != plain.channels) object["channels"] = node.op.channels;
    if (node.op.kernel != plain.kernel) object["kernel"] = node.op.kernel;
    if (node.op.stride != plain.stride) object["stride"] = node.op.stride;
    if (node.op.padding != plain.padding) object["padding"] = node.op.padding;
    if (node.op.groups != plain.groups) object["groups"] = node.op.groups;
    if (node.op.has_bias) object["has_bias"] = true;
    nodes.push_back(std::move(object));
  }
  const auto in = graph.input_shape();
  return {{"schema", "citrine graph"},
          {"version", 1},
          {"input", {{"height", in.height}, {"width", in.width}, {"channels", in.channels}}},
          {"nodes", std::move(nodes)},
          {"output", graph.node(graph.output()).name}};
}

Graph graph_from_json(const json& object) {
  check_keys(object, kGraphKeys, "graph");
  if (object.value("schema", json()) != "citrine graph")
    throw Error("graph: schema must be 'citrine graph'");
  const json version = object.value("version", json());
  if (!version.is_number_integer() || version != 1)
    throw Error("graph: version must be 1, got ", printable(version.dump()));
  if (!object.contains("input") || !object.contains("nodes") || !object.at("nodes").is_array())
    throw Error("graph: needs an input shape and a list of nodes");
  if (object.at("nodes").size() > kMaxNodes)
    throw Error("a graph must have 2 to 100000 nodes, got ", object.at("nodes").size());
  std::vector<Wire> wires;
  for (const auto& node : object.at("nodes"))
    wires.push_back(read_wire(node, "node " + std::to_string(wires.size())));
  return Graph(read_shape(object.at("input")),
               ordered_nodes(wires, text(object, "output", "graph")));
}

}  // namespace citrine
