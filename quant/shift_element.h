#pragma once
// A processing element without a multiplier, cycle by cycle: two shifters, an adder tree, an
// accumulator and a mode bit. After Vogel, Springer, Guntoro, Ascheid, DATE 2019.
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/convolution.h"
#include "quant/number_format.h"

namespace citrine {

// What the two shifters hold.
enum class ElementMode : std::uint8_t {
  single,          // one exponent each of two weights, each for an activation of its own
  double_exponent  // two exponents of one weight, both for the first activation, a cycle
};

// Registers that one cycle reads. A shifter without an exponent adds 0.
struct ElementOperands {
  ElementMode mode = ElementMode::single;
  std::array<std::optional<Term>, 2> exponents{};
  std::array<std::int32_t, 2> activations{};
};

// What an element did. The schedule is that of the format: every cycle uses both shifters, the
// adder behind them and the accumulator, also where there is nothing to add.
struct ElementActivity {
  std::int64_t cycles = 0;
  std::int64_t shifts = 0;
  std::int64_t zero_shifts = 0;     // of `shifts`, those that add 0
  std::int64_t tree_additions = 0;  // of the two shifted activations
  std::int64_t accumulations = 0;
  bool operator==(const ElementActivity&) const = default;
};

class ShiftElement {
 public:
  // Whose accumulator has the width and overflow of `registers`.
  explicit ShiftElement(const MacWidths& registers = {}) : registers_(registers) {}
  void start(std::int32_t bias) { accumulator_ = bias; }
  void cycle(const ElementOperands& operands);

  std::int32_t accumulator() const { return accumulator_; }
  const ElementActivity& activity() const { return activity_; }

 private:
  MacWidths registers_;
  std::int32_t accumulator_ = 0;
  ElementActivity activity_;
};

struct ElementRun {
  std::vector<std::int32_t> accumulators;  // [images, out_height, out_width, filters]
  ElementActivity activity;
};
// A convolution on one element, output by output, its weights being integers of the format: the
// convolution's accumulators, but that they saturate, where they do, once a cycle. Throws
// Error for weights that are not, and for a convolution with a fault.
ElementRun run_on_shift_element(const Convolution& convolution, const NumberFormat& weights);

}  // namespace citrine
