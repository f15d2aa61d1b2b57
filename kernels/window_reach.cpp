#include "kernels/window_reach.h"

#include <algorithm>

namespace citrine {
namespace {

std::vector<AxisReach> axis_reach(const ConvolutionShape& window, int extent, int outputs) {
  std::vector<AxisReach> reach;
  reach.reserve(static_cast<std::size_t>(extent));
  for (int at = 0; at < extent; ++at) {
    const int padded = at + window.padding;
    // The last window that begins at or before the coordinate, and the first one that ends behind.
    const int last = std::min(padded / window.stride, outputs - 1);
    const int beyond = padded - window.kernel;
    const int first = beyond < 0 ? 0 : beyond / window.stride + 1;
    reach.push_back({.tap = padded - last * window.stride,
                     .output = last,
                     .count = std::max(0, last - first + 1)});
  }
  return reach;
}

}  // namespace

WindowReach::WindowReach(const ConvolutionShape& window)
    : rows(axis_reach(window, window.height, window.out_height())),
      columns(axis_reach(window, window.width, window.out_width())) {}

}  // namespace citrine
