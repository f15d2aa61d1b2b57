#pragma once
// Random convolutions with their arrays, and a reference written without the code under test.
#include <cstdint>
#include <vector>

#include "kernels/convolution.h"
#include "kernels/random.h"

namespace citrine {

// What shapes, widths and faults a case may have.
struct CaseLimits {
  int channels = 8, filters = 8, size = 7;  // channels and filters of a group
  bool has_default_widths = false;
};

struct ConvolutionCase {
  Convolution op;
  int weight_bits = 8, input_bits = 8;  // range of the arrays' values
  bool is_input_signed = false;
  std::vector<std::int16_t> input, weights;
  std::vector<std::int32_t> bias;

  // `op` with its pointers into this object.
  Convolution convolution() const;
};

ConvolutionCase random_case(Key key, const CaseLimits& limits = {});
// Gives the case arrays of its shape, with values over the whole range of its operands.
void fill(ConvolutionCase& conv, Key key);
// Faults in one random MAC: every bit of a result register, or 16 operands of all sizes.
std::vector<MacFault> random_faults(const Convolution& op, MacSite site, Key key);

std::vector<std::int32_t> plain_accumulators(const Convolution& op);
// Nested loops over a padded map, exact integers reduced to registers by arithmetic instead of bit
// operations.
std::vector<std::int32_t> reference_accumulators(const Convolution& op);

}  // namespace citrine
