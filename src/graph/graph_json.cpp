#include "graph/graph_json.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
constexpr int kMaxDepth = 64;
constexpr std::string_view kNodeKeys[] = {"name",   "op",      "inputs", "channels", "kernel",
                                          "stride", "padding", "groups", "has_bias"};
constexpr std::string_view kGraphKeys[] = {"schema", "version", "input", "nodes", "output"};
constexpr std::string_view kShapeKeys[] = {"height", "width", "channels"};

void check_keys(const json& object, std::span<const std::string_view> keys,
                const std::string& where) {
  if (!object.is_object()) throw Error(where, ": must be an object");
  for (const auto& [key, value] : object.items())
    if (std::ranges::find(keys, key) == keys.end())
      throw Error(where, ": ", unknown_name("key", key, keys));
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

Wire read_wire(const json& object) {
  check_keys(object, kNodeKeys, "a node");
  Wire wire;
  wire.node.name = text(object, "name", "a node");
  const auto& name = wire.node.name;
  auto& op = wire.node.op;
  op.kind = op_kind(text(object, "op", name));
  op.channels = integer(object, "channels", 0, name);
  op.kernel = integer(object, "kernel", 1, name);
  op.stride = integer(object, "stride", 1, name);
  op.padding = integer(object, "padding", 0, name);
  op.groups = integer(object, "groups", 1, name);
  if (object.contains("has_bias")) {
    if (!object.at("has_bias").is_boolean()) throw Error(name, ": has_bias must be true or false");
    op.has_bias = object.at("has_bias").get<bool>();
  }
  if (!object.contains("inputs")) return wire;
  if (!object.at("inputs").is_array()) throw Error(name, ": inputs must be a list of names");
  for (const auto& input : object.at("inputs")) {
    if (!input.is_string()) throw Error(name, ": inputs must be a list of names");
    wire.inputs.push_back(input.get<std::string>());
  }
  return wire;
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
        throw Error(wire.node.name, ": its input '", input, "' is not a node");
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
  for (std::size_t i = 0; i < wires.size(); ++i)
    if (missing[i] > 0) throw Error(wires[i].node.name, ": lies on or behind a cycle");
  return order;
}

std::vector<Node> ordered_nodes(const std::vector<Wire>& wires, const std::string& output) {
  std::map<std::string, int> index;
  for (int i = 0; i < static_cast<int>(wires.size()); ++i)
    if (!index.emplace(wires[static_cast<std::size_t>(i)].node.name, i).second)
      throw Error(wires[static_cast<std::size_t>(i)].node.name, ": two nodes have this name");
  auto order = topological_order(wires, index);
  const auto last = index.find(output);
  if (last == index.end()) throw Error("the output '", output, "' is not a node");
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

// Refuses before the parser builds anything: brackets outside of strings, counted.
void check_depth(std::string_view document, const std::string& where) {
  int depth = 0;
  bool is_string = false;
  for (std::size_t i = 0; i < document.size(); ++i) {
    const char c = document[i];
    if (is_string && c == '\\')
      ++i;
    else if (c == '"')
      is_string = !is_string;
    else if (!is_string && (c == '[' || c == '{') && ++depth > kMaxDepth)
      throw Error(where, ": JSON is nested deeper than ", kMaxDepth, " at byte ", i);
    else if (!is_string && (c == ']' || c == '}'))
      --depth;
  }
}

// Throws on a key that an object has twice.
class UniqueKeys {
 public:
  bool operator()(int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) keys_.emplace_back();
    if (event == json::parse_event_t::object_end) keys_.pop_back();
    if (event == json::parse_event_t::key && !keys_.back().insert(parsed.get<std::string>()).second)
      throw Error("the key '", parsed.get<std::string>(), "' appears twice in one object");
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;
};

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
  if (object.value("version", json()) != 1)
    throw Error("graph: version must be 1, got ", object.value("version", json()).dump());
  if (!object.contains("input") || !object.contains("nodes") || !object.at("nodes").is_array())
    throw Error("graph: needs an input shape and a list of nodes");
  if (object.at("nodes").size() > 100'000)
    throw Error("a graph has 2 to 100000 nodes, got ", object.at("nodes").size());
  std::vector<Wire> wires;
  for (const auto& node : object.at("nodes")) wires.push_back(read_wire(node));
  return Graph(read_shape(object.at("input")),
               ordered_nodes(wires, text(object, "output", "graph")));
}

json parse_json(std::string_view document, const std::string& where) {
  if (document.size() > kMaxBytes)
    throw Error(where, ": JSON must be at most 64 MiB, got ", document.size(), " bytes");
  check_depth(document, where);
  try {
    return json::parse(document, UniqueKeys{});
  } catch (const json::exception& error) {
    throw Error(where, ": not valid JSON: ", error.what());
  } catch (const Error& error) {
    throw Error(where, ": ", error.what());
  }
}

Graph read_graph_json(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string(), ": cannot be read");
  std::string document(kMaxBytes + 1, '\0');
  file.read(document.data(), static_cast<std::streamsize>(document.size()));
  document.resize(static_cast<std::size_t>(file.gcount()));
  const auto object = parse_json(document, path.string());
  try {
    return graph_from_json(object);
  } catch (const Error& error) {
    throw Error(path.string(), ": ", error.what());
  }
}

}  // namespace citrine
