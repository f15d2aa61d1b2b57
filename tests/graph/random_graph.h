#pragma once
// Random graphs of every operation, and the same graphs under other names and in another order.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "graph/graph_builder.h"
#include "kernels/random.h"

namespace citrine::testing {

// A stream of keyed draws.
class Draws {
 public:
  explicit Draws(Key key) : key_(key) {}
  int below(int bound) {
    return static_cast<int>(uniform_below(key_, drawn_++, static_cast<std::uint64_t>(bound)));
  }

 private:
  Key key_;
  std::uint64_t drawn_ = 0;
};

// Every operation by chance, on maps that all nodes may read: few chains, many branches. The end
// gathers all maps that nobody reads.
class RandomGraph {
 public:
  explicit RandomGraph(Key key) : draws_(key), builder_({6, 6, 4}) {}

  Graph build() && {
    for (int step = draws_.below(12); step >= 0; --step) grow(any_map());
    return finish();
  }

 private:
  // A node with 4 channels, as all have but concatenations.
  int any_map() {
    return maps_[static_cast<std::size_t>(draws_.below(static_cast<int>(maps_.size())))];
  }
  std::string name() const { return "n" + std::to_string(next_); }
  int add(Operation op, std::vector<int> inputs) {
    for (const int input : inputs) is_read_[static_cast<std::size_t>(input)] = true;
    is_read_.push_back(false);
    builder_.add(name(), op, std::move(inputs));
    if (op.kind != OpKind::concat) maps_.push_back(next_);
    return next_++;
  }

  void grow(int from) {
    const int kernel = 1 + 2 * draws_.below(2);
    switch (draws_.below(9)) {
      case 0:
        add({.kind = OpKind::convolution,
             .channels = 4,
             .kernel = kernel,
             .padding = kernel / 2,
             .groups = 1 << draws_.below(3),
             .has_bias = draws_.below(2) == 0},
            {from});
        return;
      case 1:
        add({.kind = OpKind::batch_norm}, {from});
        return;
      case 2:
        add({.kind = draws_.below(2) == 0 ? OpKind::relu : OpKind::relu6}, {from});
        return;
      case 3:
        add({.kind = draws_.below(2) == 0 ? OpKind::max_pool : OpKind::average_pool,
             .kernel = 3,
             .padding = 1},
            {from});
        return;
      case 4:
        add({.kind = OpKind::shortcut, .channels = 4}, {from});
        return;
      case 5:
        add({.kind = OpKind::identity}, {from});
        return;
      case 6:
        add({.kind = OpKind::convolution, .channels = 4},
            {add({.kind = OpKind::concat}, {from, any_map()})});
        return;
      default:
        add({.kind = OpKind::add}, {from, any_map(), any_map()});
    }
  }

  Graph finish() {
    std::vector<int> loose;
    for (int i = 0; i < next_; ++i)
      if (!is_read_[static_cast<std::size_t>(i)]) loose.push_back(i);
    const int all = loose.size() == 1 ? loose[0] : add({.kind = OpKind::add}, loose);
    const int pooled = add({.kind = OpKind::global_average_pool}, {all});
    add({.kind = OpKind::fully_connected, .channels = 3, .has_bias = true}, {pooled});
    return std::move(builder_).build();
  }

  Draws draws_;
  GraphBuilder builder_;
  int next_ = 1;
  std::vector<int> maps_ = {0};
  std::vector<bool> is_read_ = {false};
};

inline Graph random_graph(Key key) { return RandomGraph(key).build(); }

// Places of the nodes in a random order that keeps inputs before their readers.
inline std::vector<int> random_order(const Graph& graph, Draws& draws) {
  std::vector<int> missing, ready = {0}, order;
  for (const auto& node : graph.nodes()) missing.push_back(static_cast<int>(node.inputs.size()));
  while (!ready.empty()) {
    const auto picked = ready.begin() + draws.below(static_cast<int>(ready.size()));
    order.push_back(*picked);
    ready.erase(picked);
    for (const int reader : graph.consumers(order.back()))
      if (--missing[static_cast<std::size_t>(reader)] == 0) ready.push_back(reader);
  }
  return order;
}

// The same network: other names, another order of the nodes and of what is added.
inline Graph disguised(const Graph& graph, Key key) {
  Draws draws(key);
  const auto order = random_order(graph, draws);
  std::vector<int> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    place[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  std::vector<Node> nodes;
  for (const int old : order) {
    nodes.push_back(graph.node(old));
    auto& [name, op, inputs] = nodes.back();
    name = "other" + std::to_string(draws.below(1000)) + "_" + std::to_string(old);
    for (int& input : inputs) input = place[static_cast<std::size_t>(input)];
    if (op.kind == OpKind::add)
      std::rotate(inputs.begin(), inputs.begin() + draws.below(static_cast<int>(inputs.size())),
                  inputs.end());
  }
  return Graph(graph.input_shape(), std::move(nodes));
}

}  // namespace citrine::testing
