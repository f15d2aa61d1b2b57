#include "objectives/axis_tiling.h"

#include <algorithm>

namespace citrine {
namespace {

// Inputs that outputs [begin, end) read; between windows that do not touch nothing is read.
std::int64_t inputs_read(const ConvolutionGroup& shape, int input, int begin, int end) {
  const auto clipped = [&](int first, int last) {  // of windows first...last, taken as one
    const int low = std::max(first * shape.stride - shape.padding, 0);
    const int high = std::min(last * shape.stride - shape.padding + shape.kernel, input);
    return std::max(high - low, 0);
  };
  if (shape.stride <= shape.kernel) return clipped(begin, end - 1);
  std::int64_t sum = 0;
  for (int output = begin; output < end; ++output) sum += clipped(output, output);
  return sum;
}

bool is_no_worse(const AxisTiling& a, const AxisTiling& b) {
  return a.size <= b.size && a.tiles <= b.tiles && a.read <= b.read && a.largest <= b.largest;
}

}  // namespace

AxisTiling tile_axis(const ConvolutionGroup& shape, int input, int output, int size) {
  AxisTiling tiling = {.size = size};
  for (int begin = 0; begin < output; begin += size) {
    const auto read = inputs_read(shape, input, begin, std::min(begin + size, output));
    ++tiling.tiles;
    tiling.read += read;
    tiling.largest = std::max(tiling.largest, read);
  }
  return tiling;
}

std::vector<AxisTiling> axis_tilings(const ConvolutionGroup& shape, int input, int output) {
  std::vector<AxisTiling> kept;
  for (int size = 1; size <= output; ++size) {
    const auto next = tile_axis(shape, input, output, size);
    if (std::ranges::any_of(kept, [&](const auto& old) { return is_no_worse(old, next); }))
      continue;
    std::erase_if(kept, [&](const auto& old) { return is_no_worse(next, old); });
    kept.push_back(next);
  }
  std::ranges::reverse(kept);
  return kept;
}

std::vector<int> quotient_sizes(int extent) {
  std::vector<int> sizes;
  for (int size = 1; size <= extent;) {
    sizes.push_back(size);
    const auto tiles = ceil_divide(extent, size);
    if (tiles == 1) break;
    size = static_cast<int>(ceil_divide(extent, tiles - 1));
  }
  return sizes;
}

}  // namespace citrine
