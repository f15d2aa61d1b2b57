#pragma once
// The dot products of one group of a layer, as cost rules see them.
#include <compare>
#include <cstdint>

#include "graph/graph.h"

namespace citrine {

// Of a positive divisor: how many parts of at most `by` cover `value`.
constexpr std::int64_t ceil_divide(std::int64_t value, std::int64_t by) {
  return (value + by - 1) / by;
}

struct ConvolutionGroup {
  int in_height = 1, in_width = 1, out_height = 1, out_width = 1;
  int channels = 1, filters = 1;  // of the group
  int kernel = 1, stride = 1, padding = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): the check takes the 0 of a defaulted <=> for a pointer
  auto operator<=>(const ConvolutionGroup&) const = default;

  std::int64_t pixels() const { return std::int64_t{out_height} * out_width; }
  std::int64_t outputs() const { return pixels() * filters; }
  std::int64_t kernel_area() const { return std::int64_t{kernel} * kernel; }
  std::int64_t steps() const { return kernel_area() * channels; }  // of a dot product
  std::int64_t weights() const { return steps() * filters; }
  std::int64_t macs() const { return pixels() * weights(); }
};

// Of a convolution or fully connected layer; the latter is a 1x1 convolution of its flattened map.
// Throws Error that names the node where counts of its bits could exceed 64 bits.
ConvolutionGroup convolution_group(const Graph& graph, int node, int frames = 1);

}  // namespace citrine
