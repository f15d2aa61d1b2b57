#include "objectives/cost.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "kernels/error.h"
#include "objectives/stored_layers.h"
#include "objectives/tiling.h"

namespace citrine {
namespace {

// Beyond it 64-bit counts of bits could overflow.
constexpr double kMostBits = 4e18;

struct Layer {
  int node = 0;
  int groups = 1;
  ConvolutionGroup group;
};

// A fully connected layer is a 1x1 convolution of its flattened map.
Layer fully_connected_layer(const Graph& graph, int node) {
  const auto inputs = graph.shape(graph.node(node).inputs.front()).elements();
  if (inputs > std::numeric_limits<int>::max())
    throw Error(graph.node(node).name, ": a fully connected layer may read ",
                std::numeric_limits<int>::max(), " values, got ", inputs);
  return {.node = node,
          .group = {.channels = static_cast<int>(inputs), .filters = graph.shape(node).channels}};
}

Layer layer_of(const Graph& graph, int node) {
  const auto& op = graph.node(node).op;
  if (op.kind == OpKind::fully_connected) return fully_connected_layer(graph, node);
  const auto& in = graph.shape(graph.node(node).inputs.front());
  const auto& out = graph.shape(node);
  return {.node = node,
          .groups = op.groups,
          .group = {.in_height = in.height,
                    .in_width = in.width,
                    .out_height = out.height,
                    .out_width = out.width,
                    .channels = in.channels / op.groups,
                    .filters = out.channels / op.groups,
                    .kernel = op.kernel,
                    .stride = op.stride,
                    .padding = op.padding}};
}

void check(const Accelerator& accelerator) {
  const auto& a = accelerator;
  if (a.buffer_bytes < 1 || a.buffer_bytes > (std::int64_t{1} << 50))
    throw Error("the buffer must have 1 to 2^50 bytes, got ", a.buffer_bytes);
  const auto within = [](const char* what, int value, int most) {
    if (value < 1 || value > most) throw Error(what, " must be 1 to ", most, ", got ", value);
  };
  within("bits of a weight", a.weight_bits, 64);
  within("bits of an activation", a.activation_bits, 64);
  within("bits of an accumulator", a.accumulator_bits, 64);
  within("rows of the array", a.rows, 1 << 20);
  within("columns of the array", a.columns, 1 << 20);
  if (!(a.clock_hz > 0)) throw Error("the clock must be positive, got ", a.clock_hz, " Hz");
}

// No tiling moves more than every weight and operand for every output.
void check_size(const Graph& graph, const Layer& layer) {
  const auto& g = layer.group;
  const double outputs = double{1} * g.out_height * g.out_width * g.filters * layer.groups;
  if (outputs * g.channels * (double{1} * g.kernel * g.kernel + 2) * 64 * 3 > kMostBits)
    throw Error(graph.node(layer.node).name, ": the layer is too large to count its transfer");
}

Transfer transfer_of(const Graph& graph, const Layer& layer, const Accelerator& accelerator) {
  check_size(graph, layer);
  const auto transfer = least_transfer(layer.group, accelerator);
  if (transfer.bits < 0)
    throw Error(graph.node(layer.node).name, ": the buffer must hold one tile, at least ",
                least_buffer_bytes(layer.group, accelerator), " bytes, got ",
                accelerator.buffer_bytes);
  return transfer;
}

// Output-stationary array: SCALE-Sim's formula, its pipeline filled and drained once a fold.
std::int64_t cycles_of(const Layer& layer, const Accelerator& accelerator) {
  const auto& g = layer.group;
  const std::int64_t pixels = std::int64_t{g.out_height} * g.out_width;
  const std::int64_t steps = std::int64_t{g.kernel} * g.kernel * g.channels;
  return layer.groups * ceil_divide(pixels, accelerator.rows) *
         ceil_divide(g.filters, accelerator.columns) *
         (steps + accelerator.rows + accelerator.columns - 2);
}

LayerCost layer_cost(const Layer& layer, const Transfer& transfer, const Accelerator& accelerator) {
  const auto& g = layer.group;
  const std::int64_t macs = std::int64_t{g.out_height} * g.out_width * g.filters * g.channels *
                            g.kernel * g.kernel * layer.groups;
  return {.node = layer.node,
          .macs = macs,
          .transfer_bytes = ceil_divide(transfer.bits * layer.groups, 8),
          .dataflow = transfer.dataflow,
          .tile_filters = transfer.tile_filters,
          .tile_channels = transfer.tile_channels,
          .tile_height = transfer.tile_height,
          .tile_width = transfer.tile_width,
          .cycles = cycles_of(layer, accelerator)};
}

std::vector<LayerCost> layer_costs(const Graph& graph, const Accelerator& accelerator) {
  std::map<ConvolutionGroup, Transfer> known;
  std::vector<LayerCost> costs;
  for (int node = 1; node < graph.size(); ++node) {
    if (!is_dot_product(graph.node(node).op.kind)) continue;
    const auto layer = layer_of(graph, node);
    auto found = known.find(layer.group);
    if (found == known.end())
      found = known.emplace(layer.group, transfer_of(graph, layer, accelerator)).first;
    costs.push_back(layer_cost(layer, found->second, accelerator));
  }
  return costs;
}

}  // namespace

std::string_view name_of(Dataflow dataflow) {
  constexpr std::array<std::string_view, 3> kNames = {"weight_stationary", "output_stationary",
                                                      "input_stationary"};
  return kNames[static_cast<std::size_t>(dataflow)];
}

Cost cost(const Graph& graph, const Accelerator& accelerator) {
  check(accelerator);
  Cost total = {.parameters = count_parameters(graph), .layers = layer_costs(graph, accelerator)};
  for (const int node : stored_layers(graph)) total.activations += graph.shape(node).elements();
  for (const auto& layer : total.layers) {
    total.operations += 2 * layer.macs;
    total.transfer_bytes += layer.transfer_bytes;
    const double seconds = static_cast<double>(layer.cycles) / accelerator.clock_hz;
    total.bandwidth =
        std::max(total.bandwidth, static_cast<double>(layer.transfer_bytes) / seconds);
  }
  return total;
}

}  // namespace citrine
