#pragma once
// What an element of the array computes of a convolution.
#include <cstdint>

#include "faultsim/fault_model.h"
#include "kernels/convolution.h"

namespace citrine {

// Start, start + stride, ... below end.
struct Range {
  int start = 0, stride = 1, end = 0;
  bool has(std::int64_t index) const {
    return index >= start && index < end && (index - start) % stride == 0;
  }
  std::int64_t count() const { return start < end ? (end - start - 1) / stride + 1 : 0; }
};

struct ArrayPart {
  Range pixels, filters, steps;  // filters of each group
  int groups = 1;

  ArrayPart(const ConvolutionShape& shape, const ArrayShape& array, std::uint32_t element);
  // Of a convolution that it computes no step of, none.
  std::int64_t outputs() const {
    return steps.count() == 0 ? 0 : pixels.count() * filters.count() * groups;
  }
  std::int64_t macs() const { return outputs() * steps.count(); }
};

}  // namespace citrine
