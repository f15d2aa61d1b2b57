#include "objectives/convolution_group.h"

#include <limits>

#include "kernels/error.h"

namespace citrine {
namespace {

// Beyond it 64-bit counts of bits could overflow.
constexpr double kMostBits = 4e18;

ConvolutionGroup flattened(const Graph& graph, int node) {
  const auto inputs = graph.shape(graph.node(node).inputs.front()).elements();
  if (inputs > std::numeric_limits<int>::max())
    throw Error(graph.node(node).name, ": a fully connected layer may read ",
                std::numeric_limits<int>::max(), " values, got ", inputs);
  return {.channels = static_cast<int>(inputs), .filters = graph.shape(node).channels};
}

ConvolutionGroup convolved(const Graph& graph, int node) {
  const auto& op = graph.node(node).op;
  const auto& in = graph.shape(graph.node(node).inputs.front());
  const auto& out = graph.shape(node);
  return {.in_height = in.height,
          .in_width = in.width,
          .out_height = out.height,
          .out_width = out.width,
          .channels = in.channels / op.groups,
          .filters = out.channels / op.groups,
          .kernel = op.kernel,
          .stride = op.stride,
          .padding = op.padding};
}

// No tiling moves more than every weight, operand and partial sum for every output, 64 bits each.
void check_size(const Graph& graph, int node, const ConvolutionGroup& group, int frames) {
  const double outputs =
      double{1} * static_cast<double>(group.outputs()) * graph.node(node).op.groups * frames;
  const double most = outputs * group.channels * (static_cast<double>(group.kernel_area()) + 2);
  if (most * 64 * 3 > kMostBits)
    throw Error(graph.node(node).name, ": the layer is too large to count its transfer");
}

}  // namespace

ConvolutionGroup convolution_group(const Graph& graph, int node, int frames) {
  const auto group = graph.node(node).op.kind == OpKind::fully_connected ? flattened(graph, node)
                                                                         : convolved(graph, node);
  check_size(graph, node, group, frames);
  return group;
}

}  // namespace citrine
