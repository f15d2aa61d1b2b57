#include "graph/graph.h"

#include <algorithm>
#include <set>

#include "graph/node_check.h"
#include "graph/shape_inference.h"

namespace citrine {
namespace {

// Of multiply-accumulates and of map elements, over the graph: exact in double and far from 2^63.
constexpr double kMaxCount = 9007199254740992;  // 2^53

double product(const auto&... factors) { return (static_cast<double>(factors) * ...); }

double macs_of(const Operation& op, const Shape& in, const Shape& out) {
  if (op.kind == OpKind::convolution)
    return product(out.height, out.width, out.channels, op.kernel, op.kernel,
                   in.channels / op.groups);
  if (op.kind == OpKind::fully_connected)
    return product(op.channels, in.height, in.width, in.channels);
  return 0;
}

Shape checked_input(const Shape& input) {
  for (const int side : {input.height, input.width, input.channels})
    if (side < 1 || side > kMaxSize)
      throw Error("the input's sides and channels must be in 1..65536, got ", side);
  return input;
}

}  // namespace

Graph::Graph(Shape input, std::vector<Node> nodes) : nodes_(std::move(nodes)) {
  if (nodes_.size() < 2) throw Error("a graph must have 2 to 100000 nodes, got ", nodes_.size());
  if (nodes_.size() > kMaxNodes)
    throw GraphTooLarge("a graph must have 2 to 100000 nodes, got ", nodes_.size());
  std::set<std::string_view> names;
  consumers_.resize(nodes_.size());
  for (int i = 0; i < size(); ++i) {
    check_node(node(i), i);
    require(names.insert(node(i).name).second, node(i), "two nodes have this name");
    shapes_.push_back(i == 0 ? checked_input(input) : infer_shape(node(i), shapes_));
    for (const int from : node(i).inputs) consumers_[static_cast<std::size_t>(from)].push_back(i);
  }
  for (int i = 0; i < output(); ++i)
    require(!consumers(i).empty(), node(i), "must reach the output");
  check_counts();
}

// What others sum over the graph stays far from overflow.
void Graph::check_counts() const {
  double macs = 0, elements = 0;
  for (int i = 0; i < size(); ++i) {
    if (i > 0) macs += macs_of(node(i).op, shape(node(i).inputs[0]), shape(i));
    elements += static_cast<double>(shape(i).elements());
    require_size(
        macs <= kMaxCount && elements <= kMaxCount, node(i),
        "a graph must have at most 2^53 multiply-accumulates and 2^53 map elements, up to here ",
        macs, " and ", elements);
  }
}

int Graph::find(std::string_view name) const {
  const auto found = std::ranges::find(nodes_, name, &Node::name);
  return found == nodes_.end() ? -1 : static_cast<int>(found - nodes_.begin());
}

std::int64_t count_macs(const Graph& graph) {
  double macs = 0;
  for (int i = 1; i < graph.size(); ++i)
    macs += macs_of(graph.node(i).op, graph.shape(graph.node(i).inputs[0]), graph.shape(i));
  return static_cast<std::int64_t>(macs);
}

}  // namespace citrine
