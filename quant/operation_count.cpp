#include "quant/operation_count.h"

#include <algorithm>

#include "quant/shift_element.h"

namespace citrine {
namespace {

constexpr int kMultiplierBits = 32;  // of a scale
constexpr int kBiasBits = 32;        // in memory

std::int64_t bytes(std::int64_t bits) { return (bits + 7) / 8; }

std::int64_t pixels(const ConvolutionShape& shape) {
  return std::int64_t{shape.out_height()} * shape.out_width();
}

// Shifts of all outputs that add something.
std::int64_t nonzero_shifts(const IntegerLayer& layer) {
  std::int64_t terms = 0;
  for (const auto weight : layer.weights)
    terms += std::ssize(layer.weight_format.terms(layer.weight_format.code(weight)));
  return terms * pixels(layer.convolution);
}

// A shift to the right is preceded by the addition that rounds.
void add_scale(Workload& work, const Scale& scale, int accumulator_bits, std::int64_t count) {
  const bool multiplies = scale.multiplier != 1;
  const int bits = accumulator_bits + (multiplies ? kMultiplierBits : 0);
  if (multiplies) work.add({Arithmetic::multiply, accumulator_bits * kMultiplierBits, count});
  if (scale.shift != 0) work.add({Arithmetic::shift, bits, count});
  if (scale.shift > 0) work.add({Arithmetic::add, bits, count});
}

void add_scaling(Workload& work, const IntegerLayer& layer) {
  const auto count = pixels(layer.convolution);
  const int bits = layer.accumulator.bits;
  for (int channel = 0; channel < layer.channels; ++channel) {
    add_scale(work, layer.scale(channel), bits, count);
    if (layer.inputs.size() < 2) continue;
    add_scale(work, layer.residual_scale(channel), bits, count);
    work.add({Arithmetic::add, bits, count});
  }
}

Workload multiplier_workload(const ConvolutionShape& shape, const NumberFormat& weights,
                             const NumberFormat& activations, int accumulator_bits) {
  const auto macs = shape.macs();
  const std::int64_t size = std::int64_t{weights.value_bits()} * activations.value_bits();
  return {
      .operations = {{Arithmetic::multiply, size, macs}, {Arithmetic::add, accumulator_bits, macs}},
      .cycles = macs,
      .weight_bytes = weight_bytes(shape, weights)};
}

}  // namespace

std::int64_t Workload::count(Arithmetic kind) const {
  std::int64_t sum = 0;
  for (const auto& group : operations) sum += group.kind == kind ? group.count : 0;
  return sum;
}

void Workload::add(const OperationCount& more) {
  const auto same = std::ranges::find_if(operations, [&](const OperationCount& group) {
    return group.kind == more.kind && group.size == more.size;
  });
  if (same == operations.end())
    operations.push_back(more);
  else
    same->count += more.count;
}

Workload& Workload::operator+=(const Workload& other) {
  for (const auto& group : other.operations) add(group);
  cycles += other.cycles;
  zero_shifts += other.zero_shifts;
  weight_bytes += other.weight_bytes;
  return *this;
}

std::int64_t weight_bytes(const ConvolutionShape& shape, const NumberFormat& weights) {
  return bytes(std::int64_t{shape.filters} * shape.steps() * weights.bits()) +
         bytes(std::int64_t{shape.filters} * kBiasBits);
}

bool needs_multiplier(const NumberFormat& weights) {
  return !weights.has_gaps() && weights.most_terms() > 1;
}

Workload shift_element_workload(const ConvolutionShape& shape, const NumberFormat& weights,
                                const NumberFormat& activations, int accumulator_bits) {
  const std::int64_t terms = weights.most_terms(), steps = shape.steps();
  const auto cycles = shape.outputs() * (terms == 1 ? (steps + 1) / 2 : steps * ((terms + 1) / 2));
  const int bits = activations.value_bits() + weights.highest_shift();
  return {.operations = {{Arithmetic::shift, bits, 2 * cycles},
                         {Arithmetic::add, bits + 2, cycles},  // a sign and a carry more
                         {Arithmetic::add, accumulator_bits, cycles}},
          .cycles = cycles,
          .weight_bytes = weight_bytes(shape, weights)};
}

Workload dot_product_workload(const ConvolutionShape& shape, const NumberFormat& weights,
                              const NumberFormat& activations, int accumulator_bits) {
  return needs_multiplier(weights)
             ? multiplier_workload(shape, weights, activations, accumulator_bits)
             : shift_element_workload(shape, weights, activations, accumulator_bits);
}

Workload layer_workload(const IntegerNetwork& network, const IntegerLayer& convolution) {
  const auto& input = network.layers[static_cast<std::size_t>(convolution.inputs.front())];
  auto work = dot_product_workload(convolution.convolution, convolution.weight_format,
                                   input.format.number, convolution.accumulator.bits);
  if (!needs_multiplier(convolution.weight_format))
    work.zero_shifts = work.count(Arithmetic::shift) - nonzero_shifts(convolution);
  if (&convolution != &network.output()) add_scaling(work, convolution);
  return work;
}

Workload network_workload(const IntegerNetwork& network) {
  Workload sum;
  for (const auto& layer : network.layers)
    if (layer.kind == LayerKind::convolution) sum += layer_workload(network, layer);
  return sum;
}

}  // namespace citrine
