#pragma once
// What faults of one multiply-accumulate make of its product and its sum.
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/fault.h"
#include "faultsim/fault_place.h"
#include "kernels/bits.h"
#include "kernels/map_view.h"
#include "quant/forward.h"
#include "quant/integer_network.h"

namespace citrine {

// Registers of the shift-based element that hold one weight's terms: each an exponent, above it the
// sign, above that whether the shifter is used.
struct ShiftRegisters {
  explicit ShiftRegisters(const NumberFormat& weights);
  int slots = 1;  // 1 in single mode, else even
  int exponent_bits = 0;
  int bits() const { return exponent_bits + 2; }
  int cycles(int steps) const { return slots == 1 ? (steps + 1) / 2 : steps * (slots / 2); }
};

// What the register of one shifter holds.
struct ShifterRegister {
  ShifterRegister(int bits, const std::vector<Term>& terms, std::size_t slot);
  std::int64_t shifted(std::int64_t activation) const;
  int exponent_bits = 0;
  std::uint32_t code = 0;
};

// A site of the shift-based element? A register of an operand, a product, a sum?
constexpr bool is_shift(Site site) {
  return site == Site::exponent_register || site == Site::shifter || site == Site::mode_bit;
}
// A weight that is faulty in memory is so in each operand register.
constexpr bool is_weight(Site site) {
  return site == Site::weight_operand || site == Site::array_weight || site == Site::weight_memory;
}
constexpr bool is_activation(Site site) {
  return site == Site::activation_operand || site == Site::array_activation;
}
constexpr bool is_product(Site site) {
  return site == Site::product || site == Site::array_product;
}
constexpr bool is_sum(Site site) {
  return site == Site::accumulator || site == Site::array_accumulator;
}

// The MAC of its output that a fault is in; behind the last one if its cycle has none.
int mac_step(const Fault& fault, const NumberFormat& weights);

// What an element that holds `value` is read as.
inline std::int16_t read_as(const NumberFormat& format, std::int32_t value,
                            const BitChange& change) {
  return static_cast<std::int16_t>(format.value(change(format.code(value))));
}

// Faults of one register at one use.
struct MacUse {
  int step = 0;
  std::span<const Fault> faults;
};

// Of one convolution. Faults are of one site, MAC sites and those of the shift-based element and of
// the array, which are as the MAC sites here.
class MacFaults {
 public:
  // All is borrowed; `input` is the map that the convolution reads.
  MacFaults(const IntegerNetwork& network, const IntegerLayer& layer, const MapView& input);

  const ConvolutionShape& shape() const { return op_.shape; }
  int steps() const { return steps_; }
  const MacWidths& widths() const { return op_.widths; }
  int step(const Fault& fault) const {
    return is_shift(fault.site) ? mac_step(fault, layer_.weight_format)
                                : static_cast<int>(fault.step);
  }
  // Calls visit(output, activation) for each output of a filter with what it reads in a step, but
  // for padding.
  template <class Visit>
  void visit_activations(int filter, int step, Visit visit) const;
  OutputWindow window(std::int64_t output) const& { return windows_[output]; }
  void window(std::int64_t output) const&& = delete;
  std::int32_t product(const OutputWindow& seen, int step) const {
    return product(operands(seen, step));
  }
  // With all of the faults, which are in this MAC.
  std::int32_t product(const OutputWindow& seen, int step, std::span<const Fault> faults) const {
    return is_shift(faults.front().site) ? shifted_product(seen, step, faults)
                                         : faulty_product(operands(seen, step), faults);
  }
  // By how much they change it.
  std::int64_t product_change(const OutputWindow& seen, int step,
                              std::span<const Fault> faults) const {
    const auto of = operands(seen, step);
    return std::int64_t{is_shift(faults.front().site) ? shifted_product(seen, step, faults)
                                                      : faulty_product(of, faults)} -
           product(of);
  }
  // What the accumulator is read as.
  std::int32_t accumulator(std::int32_t sum, std::span<const Fault> faults) const {
    return read_as(sum, bit_change(faults), op_.widths.accumulator, true);
  }
  std::int32_t bias(const OutputWindow& seen) const { return op_.bias[seen.filter()]; }
  // Accumulator after all steps from a bias on, also where it saturates; `uses`: of the output's
  // registers, by step.
  std::int32_t sum(const OutputWindow& seen, std::int32_t bias, std::span<const MacUse> uses) const;
  // `sum` after steps [first, last) too, where sums wrap; modulo 2^32.
  std::int32_t partial_sum(std::int32_t sum, const OutputWindow& seen, int first, int last) const;

 private:
  // Of a MAC; on padding the activation is 0.
  struct Operands {
    std::int32_t weight = 0, activation = 0;
  };

  Operands operands(const OutputWindow& seen, int step) const {
    const auto index = seen.step(step);
    return {op_.weights[std::int64_t{seen.filter()} * steps_ + step],
            index < 0 ? 0 : input_[index]};
  }
  std::int32_t in_product(std::int64_t value) const {
    return wrap(value, op_.widths.product, true);
  }
  std::int32_t product(const Operands& of) const {
    return in_product(std::int64_t{of.weight} * of.activation);
  }
  std::int32_t faulty_product(Operands of, std::span<const Fault> faults) const {
    const Site site = faults.front().site;
    const auto change = bit_change(faults);
    if (is_product(site)) return read_as(product(of), change, op_.widths.product, true);
    if (is_weight(site)) of.weight = read_as(layer_.weight_format, of.weight, change);
    if (is_activation(site)) of.activation = read_as(activations_, of.activation, change);
    return product(of);
  }
  std::int32_t shifted_product(const OutputWindow& seen, int step,
                               std::span<const Fault> faults) const;

  const IntegerLayer& layer_;
  const NumberFormat& activations_;
  MapView input_;
  Convolution op_;
  int steps_;
  OutputWindows windows_;
};

template <class Visit>
void MacFaults::visit_activations(int filter, int step, Visit visit) const {
  const auto& shape = op_.shape;
  const int depth = shape.group_channels(), tap = step / depth;
  const int first_row = tap / shape.kernel - shape.padding;
  const int first_column = tap % shape.kernel - shape.padding;
  const int channel = filter / (shape.filters / shape.groups) * depth + step % depth;
  std::int64_t output = filter;
  for (int y = 0; y < shape.out_height(); ++y)
    for (int x = 0; x < shape.out_width(); ++x, output += shape.filters) {
      const int row = y * shape.stride + first_row, column = x * shape.stride + first_column;
      if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) continue;
      visit(output,
            input_[row * input_.row_elements() + std::int64_t{column} * shape.channels + channel]);
    }
}

}  // namespace citrine
