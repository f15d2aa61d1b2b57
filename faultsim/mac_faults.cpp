#include "faultsim/mac_faults.h"

#include <algorithm>
#include <bit>

#include "faultsim/fault_place.h"
#include "kernels/bits.h"

namespace citrine {
namespace {

// Sum of `count` products, modulo 2^32.
template <class Element>
std::uint32_t dot_product(const std::int16_t* weights, const Element* input, std::int32_t zero,
                          int count) {
  std::uint32_t sum = 0;
  for (int i = 0; i < count; ++i) {
    const auto integer = static_cast<std::int16_t>(input[i] - zero);
    sum += static_cast<std::uint32_t>(weights[i] * integer);
  }
  return sum;
}

}  // namespace

ShiftRegisters::ShiftRegisters(const NumberFormat& weights)
    : slots(weights.most_terms() == 1 ? 1 : weights.most_terms() + weights.most_terms() % 2),
      exponent_bits(std::bit_width(static_cast<unsigned>(weights.highest_shift()))) {}

ShifterRegister::ShifterRegister(int bits, const std::vector<Term>& terms, std::size_t slot)
    : exponent_bits(bits) {
  if (slot >= terms.size()) return;
  const auto& [is_negative, shift] = terms[slot];
  code = static_cast<std::uint32_t>(shift) | (is_negative ? 1U : 0U) << bits | 2U << bits;
}

std::int64_t ShifterRegister::shifted(std::int64_t activation) const {
  if ((code >> exponent_bits & 2U) == 0) return 0;
  const bool is_negative = (code >> exponent_bits & 1U) != 0;
  const int exponent = static_cast<int>(code & ((1U << exponent_bits) - 1));
  return (is_negative ? -activation : activation) * (std::int64_t{1} << exponent);
}

MacFaults::MacFaults(const IntegerNetwork& network, const IntegerLayer& layer, const MapView& input)
    : layer_(layer),
      activations_(network.layers[static_cast<std::size_t>(layer.inputs[0])].format.number),
      input_(input),
      op_(convolution_of(network, layer, nullptr)),
      steps_(op_.shape.steps()),
      windows_(op_.shape, input.row_elements()) {}

int mac_step(const Fault& fault, const NumberFormat& weights) {
  const auto step = static_cast<int>(fault.step);
  if (!is_shift(fault.site)) return step;
  const ShiftRegisters registers(weights);
  if (fault.site != Site::mode_bit) return step / registers.slots;
  return registers.slots == 1 ? 2 * step + 1 : step / (registers.slots / 2);
}

// In single mode a cycle takes two MACs, and only the second shifter can see another mode.
std::int32_t MacFaults::shifted_product(const OutputWindow& seen, int step,
                                        std::span<const Fault> faults) const {
  const auto& format = layer_.weight_format;
  const ShiftRegisters shape(format);
  const auto slots = static_cast<std::uint32_t>(shape.slots);
  const auto of = operands(seen, step);
  const auto terms = format.terms(format.code(of.weight));
  std::int64_t sum = 0;
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    ShifterRegister held(shape.exponent_bits, terms, slot);
    std::int64_t activation = of.activation;
    BitChange given;
    std::uint32_t mode = slots == 1 ? 0 : 1;
    for (const auto& fault : faults) {
      const auto change = bit_change(fault);
      if (fault.site == Site::mode_bit)
        mode = slots == 1 || fault.step % (slots / 2) == slot / 2 ? change(mode) : mode;
      else if (fault.step % slots != slot)
        continue;
      else if (fault.site == Site::shifter)
        given = given.then(change);
      else
        held.code = change(held.code);
    }
    if (slots == 1 && mode == 1) activation = operands(seen, step - 1).activation;
    if (slots > 1 && mode == 0 && slot % 2 == 1) activation = 0;
    sum += citrine::read_as(in_product(held.shifted(activation)), given, op_.widths.product, true);
  }
  return in_product(sum);
}

std::int32_t MacFaults::sum(const OutputWindow& seen, std::int32_t bias,
                            std::span<const MacUse> uses) const {
  std::int32_t sum = bias;
  for (int step = 0; step < steps_; ++step) {
    const bool is_faulty = !uses.empty() && uses.front().step == step;
    const auto faults = is_faulty ? uses.front().faults : std::span<const Fault>();
    const bool is_later = is_faulty && is_sum(faults.front().site);
    sum = op_.widths.accumulated(std::int64_t{sum} + (is_faulty && !is_later
                                                          ? product(seen, step, faults)
                                                          : product(seen, step)));
    if (is_later) sum = accumulator(sum, faults);
    if (is_faulty) uses = uses.subspan(1);
  }
  return sum;
}

std::int32_t MacFaults::partial_sum(std::int32_t sum, const OutputWindow& seen, int first,
                                    int last) const {
  const auto* weights = op_.weights + std::int64_t{seen.filter()} * steps_;
  return input_.visit([&](const auto* elements, std::int32_t zero) {
    auto total = static_cast<std::uint32_t>(sum);
    seen.visit_runs(first, last, [&](int step, std::int64_t index, int steps) {
      total += dot_product(weights + step, elements + index, zero, steps);
    });
    return static_cast<std::int32_t>(total);
  });
}

}  // namespace citrine
