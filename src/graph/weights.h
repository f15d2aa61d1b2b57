#pragma once
// Float weights of a graph.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "kernels/random.h"

namespace citrine {

struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  bool operator==(const Tensor&) const = default;
};

// Keys "<node>.<parameter>", PyTorch's names and layouts: convolution weight [filters, channels /
// groups, k, k] and bias, fully_connected weight [units, channels * height * width] and bias,
// batch_norm weight, bias, running_mean, running_var [channels].
using Weights = std::map<std::string, Tensor>;

struct Network {
  Graph graph;
  Weights weights;
};

// Parameters that `graph` needs, with their shapes, in node order.
std::vector<std::pair<std::string, std::vector<std::int64_t>>> parameter_shapes(const Graph& graph);
// Throws Error that names the parameter unless exactly these are there, each with its shape and
// finite values.
void check_weights(const Graph& graph, const Weights& weights);
// He initialization (normal, fan-out) for convolutions, uniform 1/sqrt(fan-in) for fully connected,
// biases 0, batch norm 1, 0, 0, 1.
Weights random_weights(const Graph& graph, Key key);

}  // namespace citrine
