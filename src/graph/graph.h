#pragma once
// A network's description: operations on feature maps, wired as a directed acyclic graph.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/shape.h"
#include "kernels/error.h"

namespace citrine {

enum class OpKind : std::uint8_t {
  input,
  convolution,
  batch_norm,
  relu,
  relu6,
  max_pool,
  average_pool,
  global_average_pool,
  add,
  concat,
  fully_connected,
  shortcut,  // He et al. 2016, option A: every stride-th pixel, zero channels on both sides
  identity
};
std::string_view name_of(OpKind kind);
OpKind op_kind(std::string_view name);  // Error that names the nearest valid one
// Has it weights that it multiplies activations with?
constexpr bool is_dot_product(OpKind kind) {
  return kind == OpKind::convolution || kind == OpKind::fully_connected;
}

inline constexpr float kBatchNormEpsilon = 1e-5F;

// Fields that an operation does not use keep their defaults; Graph's constructor sees to it.
// fully_connected flattens its map channel by channel, as PyTorch does; average_pool counts padding
// as zeros and divides by the whole window.
struct Operation {
  OpKind kind = OpKind::identity;
  int channels = 0;  // convolution, fully_connected, shortcut: channels that come out
  int kernel = 1, stride = 1, padding = 0, groups = 1;
  bool has_bias = false;
  bool operator==(const Operation&) const = default;
};

struct Node {
  std::string name;  // unique, [A-Za-z0-9_.-]{1,200}, not "." or ".."
  Operation op;
  std::vector<int> inputs;  // indices of earlier nodes
  bool operator==(const Node&) const = default;
};

// A graph that is refused for its size alone, so that a search can pass over it.
class GraphTooLarge : public Error {
 public:
  using Error::Error;
};

// Immutable once made. Node 0 is the input, the last node the output; every node reaches the
// output.
class Graph {
 public:
  // Throws Error with the node's name unless indices, arities, attributes and shapes fit: 2 to
  // 100000 nodes, sides, channels and kernels up to 65536, 2^53 multiply-accumulates and elements;
  // GraphTooLarge where only a bound is exceeded.
  Graph(Shape input, std::vector<Node> nodes);

  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& node(int index) const { return nodes_[static_cast<std::size_t>(index)]; }
  const Shape& shape(int index) const { return shapes_[static_cast<std::size_t>(index)]; }
  int size() const { return static_cast<int>(nodes_.size()); }
  int output() const { return size() - 1; }
  Shape input_shape() const { return shapes_.front(); }
  int classes() const { return shapes_.back().channels; }
  // Nodes that read node `index`, ascending; one that reads it twice appears twice.
  const std::vector<int>& consumers(int index) const {
    return consumers_[static_cast<std::size_t>(index)];
  }
  // Index of the node of that name, -1 if there is none.
  int find(std::string_view name) const;

 private:
  void check_counts() const;

  std::vector<Node> nodes_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<int>> consumers_;
};

// Same hash for graphs that differ in names and order alone; 16 hexadecimal digits. Highly
// symmetric graphs that differ may share one too, as colour refinement does not tell them apart: a
// ring of six equal convolutions, neighbours summed in pairs, and two such rings of three.
std::string canonical_hash(const Graph& graph);

// Of convolutions and fully connected layers; padded taps count.
std::int64_t count_macs(const Graph& graph);
// Trainable ones: weights, biases, batch-norm scale and shift.
std::int64_t count_parameters(const Graph& graph);

}  // namespace citrine
