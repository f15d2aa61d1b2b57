#pragma once
// What faults of one multiply-accumulate make of its product and its sum.
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/fault.h"
#include "faultsim/fault_place.h"
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

// A site of the shift-based element? An accumulator's?
constexpr bool is_shift(Site site) {
  return site == Site::exponent_register || site == Site::shifter || site == Site::mode_bit;
}
constexpr bool is_sum(Site site) {
  return site == Site::accumulator || site == Site::array_accumulator;
}

// The MAC of its output that a fault is in; behind the last one if its cycle has none.
int mac_step(const Fault& fault, const NumberFormat& weights);

// Faults of one register at one use.
struct MacUse {
  std::int64_t output = 0;
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
  const MacWidths& widths() const { return op_.widths; }
  int step(const Fault& fault) const {
    return is_shift(fault.site) ? mac_step(fault, layer_.weight_format)
                                : static_cast<int>(fault.step);
  }
  // Calls visit(output, activation) for each output of a filter with what it reads in a step, but
  // for padding.
  template <class Visit>
  void visit_activations(int filter, int step, Visit visit) const;
  std::int32_t product(std::int64_t output, int step) const;
  // With all of the faults, which are in this MAC.
  std::int32_t product(std::int64_t output, int step, std::span<const Fault> faults) const;
  // By how much they change it.
  std::int64_t product_change(std::int64_t output, int step, std::span<const Fault> faults) const;
  // What the accumulator is read as.
  std::int32_t accumulator(std::int32_t sum, std::span<const Fault> faults) const;
  // Accumulator after all steps from a bias on, also where it saturates; `uses`: of the output's
  // registers, by step.
  std::int32_t sum(std::int64_t output, std::int32_t bias, std::span<const MacUse> uses) const;
  // Accumulator after its first `steps` steps, where sums wrap; modulo 2^32.
  std::int32_t partial_sum(std::int64_t output, int steps) const;
  // The same from step `first` on, beginning at `sum`.
  std::int32_t partial_sum(std::int32_t sum, std::int64_t output, int first, int last) const;

 private:
  // Of a MAC; on padding the activation is 0.
  struct Operands {
    std::int32_t weight = 0, activation = 0;
  };

  OutputWindow window(std::int64_t output) const {
    return {op_.shape, output, input_.row_elements()};
  }
  Operands operands(std::int64_t output, int step) const;
  std::int32_t product(const Operands& of) const {
    return in_product(std::int64_t{of.weight} * of.activation);
  }
  std::int32_t faulty_product(const Operands& of, std::span<const Fault> faults) const;
  std::int32_t shifted_product(std::int64_t output, int step, std::span<const Fault> faults) const;
  std::int32_t in_product(std::int64_t value) const;

  const IntegerLayer& layer_;
  const NumberFormat& activations_;
  MapView input_;
  Convolution op_;
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

// What an element that holds `value` is read as.
std::int16_t read_as(const NumberFormat& format, std::int32_t value, const BitChange& change);

}  // namespace citrine
