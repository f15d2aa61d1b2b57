#pragma once
// Operations by kind and width that an integer network takes for one image; formulas and what is
// counted: docs/method.md, "Processing element".
#include <cstdint>
#include <vector>

#include "quant/integer_network.h"

namespace citrine {

enum class Arithmetic : std::uint8_t { multiply, shift, add };

// `size`: bits of what a shift or an addition gives; of a multiplication the product of its
// operands' bits. Energy grows with it.
struct OperationCount {
  Arithmetic kind = Arithmetic::add;
  std::int64_t size = 0;
  std::int64_t count = 0;
  bool operator==(const OperationCount&) const = default;
};

// What convolutions take. Padded taps and weights that are 0 count.
struct Workload {
  std::vector<OperationCount> operations;  // each kind and size once
  std::int64_t cycles = 0;                 // of one element
  std::int64_t zero_shifts = 0;            // of the shifts, those that add 0
  std::int64_t weight_bytes = 0;           // of weights and biases

  std::int64_t count(Arithmetic kind) const;
  void add(const OperationCount& more);
  Workload& operator+=(const Workload& other);
};

// Bytes of a convolution's weight codes, and of its biases, 32 bits each.
std::int64_t weight_bytes(const ConvolutionShape& shape, const NumberFormat& weights);

// Is a format computed by an element with a multiplier? One of consecutive integers is, unless they
// are all powers of two.
bool needs_multiplier(const NumberFormat& weights);

// Dot products of one image on the element that the format wants; zeros are not known without the
// weights' values.
Workload dot_product_workload(const ConvolutionShape& shape, const NumberFormat& weights,
                              const NumberFormat& activations, int accumulator_bits = 32);
// The same on the shift-based element in any case.
Workload shift_element_workload(const ConvolutionShape& shape, const NumberFormat& weights,
                                const NumberFormat& activations, int accumulator_bits = 32);

// A convolution's dot products, and the addition of its residual and the scaling of its
// accumulators to what is stored.
Workload layer_workload(const IntegerNetwork& network, const IntegerLayer& convolution);
// Of all convolutions.
Workload network_workload(const IntegerNetwork& network);

}  // namespace citrine
