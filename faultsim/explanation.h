#pragma once
// What one fault did to one inference, register by register and layer by layer: found by computing
// the whole network anew, without the engine's differences.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "faultsim/fault.h"
#include "faultsim/fault_model.h"
#include "kernels/backend.h"
#include "quant/integer_network.h"

namespace citrine {

// What a register or a memory cell holds.
struct Word {
  std::uint32_t code = 0;  // its bits
  int bits = 0;
  std::int32_t value = 0;  // the integer that they stand for
  double step = 1;         // real value of the integer 1
  double real() const { return value * step; }
  bool operator==(const Word&) const = default;
};

struct RegisterChange {
  std::string_view name;  // that of a site where there is one, else "sum" or "sum_with_residual"
  Word before, after;
  std::uint32_t changed_bits() const { return before.code ^ after.code; }
  bool operator==(const RegisterChange&) const = default;
};

// What a layer stores, against the fault-free run; of the last layer, its logits.
struct LayerDifference {
  std::uint32_t layer = 0;
  bool is_reached = false;  // it has the fault, or reads a layer that changed
  bool has_fault = false;   // for the array: is computed by the faulty element, too
  std::int64_t elements = 0, changed = 0;
  std::int64_t pixels = 0, changed_pixels = 0;
  std::int64_t largest = 0;  // change of an integer
  double largest_real = 0;
  std::vector<std::uint32_t> changed_channels = {};  // by pixel
  std::int64_t array_outputs = 0, array_macs = 0;    // that a faulty element of the array computes

  bool is_masked() const { return is_reached && changed == 0; }
};

// What registers hold under one fault.
struct FaultTrace {
  // The output that the registers below belong to. A fault of weight or bias memory or of a scale
  // acts in many outputs: of these the one that changed most; none if none changed, nor for the
  // array.
  std::optional<std::uint32_t> output;
  // From the fault's site on, in the order in which they are written; none for the array. Operands,
  // product and accumulator are those of the fault's step; `sum` is the accumulator after the last
  // step.
  std::vector<RegisterChange> registers;
  // Accumulators after their last step: of the fault's layer, for the array of all layers.
  std::int64_t changed_sums = 0;
  bool operator==(const FaultTrace&) const = default;
};

struct Explanation : FaultTrace {
  std::vector<LayerDifference> layers;  // all of the network
  std::vector<std::int32_t> golden_logits, faulty_logits;
  Outcome outcome;
};

// `image`: codes of the network's input. Throws Error unless the network, or the array, has the
// fault and the image fits.
Explanation explain(const IntegerNetwork& network, const Fault& fault,
                    std::span<const std::int16_t> image, const Backend& backend,
                    const ArrayShape& array = {});

// Of several faults of one site in one inference: layers, logits and outcome. Registers are left
// out, as what a fault finds in them is what earlier layers' faults left.
Explanation explain_together(const IntegerNetwork& network, std::span<const Fault> faults,
                             std::span<const std::int16_t> image, const Backend& backend,
                             const ArrayShape& array = {});
// Of each of such faults, as if there were no other.
std::vector<FaultTrace> traces_alone(const IntegerNetwork& network, std::span<const Fault> faults,
                                     std::span<const std::int16_t> image, const Backend& backend,
                                     const ArrayShape& array = {});

}  // namespace citrine
