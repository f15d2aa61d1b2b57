#pragma once
// A graph interpreted node by node; maps are [count, channels, height, width], channels last in
// memory.
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "graph/graph.h"

namespace citrine {

// Undefined where the node has none.
struct NodeParameters {
  at::Tensor weight, bias, running_mean, running_var;
};

enum class Mode { training, evaluation };

// What node `index` makes of its inputs.
at::Tensor apply_node(const Graph& graph, int index, const NodeParameters& parameters,
                      std::span<const at::Tensor> inputs, Mode mode);
// Output of the whole graph, [count, classes]. A map is dropped as soon as its last consumer has
// run.
at::Tensor forward_pass(const Graph& graph, const std::vector<NodeParameters>& parameters,
                        const at::Tensor& images, Mode mode);

}  // namespace citrine
