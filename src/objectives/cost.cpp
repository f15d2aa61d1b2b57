#include "objectives/cost.h"

#include <algorithm>
#include <utility>

#include "kernels/error.h"
#include "objectives/array_cycles.h"
#include "objectives/axis_tiling.h"
#include "objectives/checked.h"
#include "objectives/resident_maps.h"
#include "objectives/stored_layers.h"

namespace citrine {
namespace {

// Elements that a pool or sum fetches.
std::int64_t map_reads(const Graph& graph, const MapPass& pass) {
  const auto& op = graph.node(pass.source).op;
  if (op.kind == OpKind::add || op.kind == OpKind::global_average_pool) {
    std::int64_t sum = 0;
    for (const int input : pass.inputs) sum += elements_read(graph, input);
    return sum;
  }
  const auto& in = graph.shape(pass.inputs.front());
  const auto& out = graph.shape(pass.source);
  const ConvolutionGroup window = {.kernel = op.kernel, .stride = op.stride, .padding = op.padding};
  return in.channels * tile_axis(window, in.height, out.height, out.height).read *
         tile_axis(window, in.width, out.width, out.width).read;
}

// Of a pass that multiplies nothing, without the sums fused behind it.
std::int64_t own_operations(const Graph& graph, const MapPass& pass) {
  const auto& [name, op, inputs] = graph.node(pass.source);
  const auto elements = graph.shape(pass.source).elements();
  if (op.kind == OpKind::global_average_pool) return graph.shape(inputs.front()).elements();
  if (op.kind == OpKind::add) return elements * (static_cast<std::int64_t>(inputs.size()) - 1);
  return checked_product(elements, std::int64_t{op.kernel} * op.kernel);
}

Traffic times(const Traffic& traffic, std::int64_t groups) {
  return {.input = checked_product(traffic.input, groups),
          .weights = checked_product(traffic.weights, groups),
          .output = checked_product(traffic.output, groups),
          .partial = checked_product(traffic.partial, groups)};
}

// Bits between buffer and array.
std::int64_t array_bits(const ArrayWork& work, const Accelerator& a) {
  return checked_sum(
      checked_sum(checked_product(work.input_reads, a.activation_bits),
                  checked_product(work.weight_reads, a.weight_bits)),
      checked_sum(checked_product(work.output_writes, a.activation_bits),
                  checked_product(checked_sum(work.partial_writes, work.partial_reads),
                                  a.accumulator_bits)));
}

double arithmetic_pj(const LayerCost& layer, const Accelerator& a) {
  Workload work;
  work.add({Arithmetic::multiply, std::int64_t{a.weight_bits} * a.activation_bits, layer.macs});
  work.add({Arithmetic::add, a.accumulator_bits, layer.macs});
  work.add({Arithmetic::add, a.activation_bits, layer.other_operations});
  return energy_pj(a.energies, work);
}

// What the array does for all groups.
void add_dot_products(LayerCost& layer, const ConvolutionGroup& group, const ArrayWork& work,
                      std::int64_t groups, const Accelerator& a) {
  layer.macs = checked_product(checked_product(group.macs(), groups), a.frames);
  layer.array_dataflow = work.dataflow;
  layer.cycles = checked_product(work.cycles, groups);
  layer.utilization =
      static_cast<double>(layer.macs) / (static_cast<double>(layer.cycles) * a.rows * a.columns);
  layer.energy_pj += sram_pj(a.energies, checked_product(array_bits(work, a), groups));
}

// What follows from operations, traffic and cycles.
void finish(LayerCost& layer, const Accelerator& a) {
  const auto bits = layer.traffic.total();
  layer.transfer_bytes = ceil_divide(bits, 8);
  layer.energy_pj +=
      arithmetic_pj(layer, a) + sram_pj(a.energies, bits) + dram_pj(a.energies, bits);
  if (layer.cycles > 0)
    layer.bandwidth =
        static_cast<double>(layer.transfer_bytes) * a.clock_hz / static_cast<double>(layer.cycles);
  layer.seconds = std::max(static_cast<double>(layer.cycles) / a.clock_hz,
                           static_cast<double>(layer.transfer_bytes) / a.memory_bytes_per_s);
}

void add(Cost& total, const LayerCost& layer) {
  total.operations = checked_sum(total.operations, checked_product(2, layer.macs));
  total.other_operations = checked_sum(total.other_operations, layer.other_operations);
  total.transfer_bytes = checked_sum(total.transfer_bytes, layer.transfer_bytes);
  total.cycles = checked_sum(total.cycles, layer.cycles);
  total.energy_pj += layer.energy_pj;
  total.seconds += layer.seconds;
  total.bandwidth = std::max(total.bandwidth, layer.bandwidth);
}

// The rest of a pass's counts of maps stays below this bound.
void check_maps(const Graph& graph, const MapPass& pass, std::int64_t bits) {
  std::int64_t most = graph.shape(pass.node).elements();
  for (const auto* nodes : {&pass.inputs, &pass.addends})
    for (const int node : *nodes) most = std::max(most, graph.shape(node).elements());
  const auto maps = graph.node(pass.source).inputs.size() + pass.addends.size() + 2;
  checked_product(checked_product(most, bits), 4 * static_cast<std::int64_t>(maps));
}

}  // namespace

CostModel::CostModel(Accelerator accelerator) : accelerator_(std::move(accelerator)) {
  check(accelerator_);
}

const Schedule& CostModel::schedule(const Graph& graph, int node, const ConvolutionGroup& group) {
  auto found = schedules_.find(group);
  if (found != schedules_.end()) return found->second;
  try {
    return schedules_.emplace(group, least_traffic(group, accelerator_)).first->second;
  } catch (const Error& error) {
    throw Error(graph.node(node).name, ": ", error.what());
  }
}

LayerCost CostModel::layer_cost(const Graph& graph, const MapPass& pass,
                                const std::optional<Traffic>& on_chip) {
  const auto& op = graph.node(pass.source).op;
  const std::int64_t bits = std::int64_t{accelerator_.activation_bits} * accelerator_.frames;
  check_maps(graph, pass, bits);
  LayerCost layer = {.node = pass.source, .stored = pass.node};
  if (on_chip) layer.traffic = *on_chip;
  if (cost_rule(op.kind) == CostRule::dot_product) {
    const auto group = convolution_group(graph, pass.source, accelerator_.frames);
    if (!on_chip) {
      layer.schedule = schedule(graph, pass.source, group);
      layer.traffic = times(layer.schedule->traffic, op.groups);
    }
    add_dot_products(layer, group, array_work(group, accelerator_), op.groups, accelerator_);
  } else {
    layer.other_operations = checked_product(own_operations(graph, pass), accelerator_.frames);
    const Traffic moved = {.input = bits * map_reads(graph, pass),
                           .output = bits * graph.shape(pass.node).elements()};
    layer.energy_pj += sram_pj(accelerator_.energies, moved.total());
    if (!on_chip) layer.traffic = moved;
  }
  for (const int addend : pass.addends) {
    layer.other_operations += graph.shape(pass.node).elements() * accelerator_.frames;
    layer.energy_pj += sram_pj(accelerator_.energies, bits * elements_read(graph, addend));
    if (!on_chip) layer.traffic.input += bits * elements_read(graph, addend);
  }
  finish(layer, accelerator_);
  return layer;
}

Cost CostModel::cost(const Graph& graph) {
  const auto passes = map_passes(graph);
  const auto maps = maps_behind(graph, passes);
  std::vector<std::optional<Traffic>> on_chip(passes.size());
  if (accelerator_.keeps_maps) on_chip = traffic_on_chip(graph, passes, maps, accelerator_);
  Cost total = {.parameters = count_parameters(graph)};
  for (const int node : stored_layers(graph)) total.activations += graph.shape(node).elements();
  for (std::size_t i = 0; i < passes.size(); ++i) {
    try {
      total.layers.push_back(layer_cost(graph, passes[i], on_chip[i]));
    } catch (const CostOverflow& error) {
      throw Error(graph.node(passes[i].source).name, ": ", error.what());
    }
    add(total, total.layers.back());
  }
  for (const auto bytes : bytes_on_chip(graph, passes, maps, accelerator_))
    total.bytes_without_spill = std::max(total.bytes_without_spill, bytes);
  if (total.cycles > 0)
    total.utilization =
        static_cast<double>(total.operations) / 2 /
        (static_cast<double>(total.cycles) * accelerator_.rows * accelerator_.columns);
  return total;
}

Cost cost(const Graph& graph, const Accelerator& accelerator) {
  return CostModel(accelerator).cost(graph);
}

}  // namespace citrine
