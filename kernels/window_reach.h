#pragma once
// Which windows of a convolution or pool see an input pixel, and with which tap.
#include <cstdint>
#include <vector>

#include "kernels/convolution.h"

namespace citrine {

// Windows along one axis that see a coordinate: `output` with `tap`, output - 1 with tap + stride,
// and so on.
struct AxisReach {
  std::int32_t tap = 0, output = 0, count = 0;
  std::int32_t first_output() const { return output - count + 1; }
};

struct WindowReach {
  explicit WindowReach(const ConvolutionShape& window);
  std::vector<AxisReach> rows, columns;  // by coordinate of the input
};

}  // namespace citrine
