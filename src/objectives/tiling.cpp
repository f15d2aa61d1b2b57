#include "objectives/tiling.h"

#include <algorithm>
#include <vector>

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

// Every tile size but those that another one beats in all that counts.
std::vector<AxisTiling> axis_tilings(const ConvolutionGroup& shape, int input, int output) {
  std::vector<AxisTiling> kept;
  for (int size = 1; size <= output; ++size) {
    const auto next = tile_axis(shape, input, output, size);
    if (std::ranges::any_of(kept, [&](const auto& old) { return is_no_worse(old, next); }))
      continue;
    std::erase_if(kept, [&](const auto& old) { return is_no_worse(next, old); });
    kept.push_back(next);
  }
  return kept;
}

// The smallest tile for each number of tiles.
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

class Minimizer {
 public:
  Minimizer(const ConvolutionGroup& shape, const Accelerator& accelerator)
      : shape_(shape),
        accelerator_(accelerator),
        kernel_area_(std::int64_t{shape.kernel} * shape.kernel),
        activation_bits_(accelerator.activation_bits),
        weight_bits_(accelerator.weight_bits * kernel_area_ * shape.channels * shape.filters),
        outputs_(std::int64_t{shape.out_height} * shape.out_width * shape.filters),
        channel_sizes_(quotient_sizes(shape.channels)) {}

  Transfer minimize() {
    const auto columns = axis_tilings(shape_, shape_.in_width, shape_.out_width);
    for (const auto& rows : axis_tilings(shape_, shape_.in_height, shape_.out_height))
      for (const auto& column : columns) try_area(rows, column);
    return best_;
  }

 private:
  void try_area(const AxisTiling& rows, const AxisTiling& columns) {
    for (const int channels : channel_sizes_) {
      const int filters = most_filters(rows, columns, channels);
      if (filters == 0) return;  // more channels need more room
      try_dataflows(rows, columns, channels, filters);
    }
  }

  // A larger tile of filters costs room alone, so the largest that fits is best; 0 if none does.
  int most_filters(const AxisTiling& rows, const AxisTiling& columns, int channels) const {
    const std::int64_t room = 8 * accelerator_.buffer_bytes -
                              activation_bits_ * channels * rows.largest * columns.largest;
    const std::int64_t each =
        accelerator_.weight_bits * kernel_area_ * channels +
        accelerator_.accumulator_bits * std::int64_t{rows.size} * columns.size;
    return static_cast<int>(std::clamp<std::int64_t>(room / each, 0, shape_.filters));
  }

  void try_dataflows(const AxisTiling& rows, const AxisTiling& columns, int channels, int filters) {
    const std::int64_t input = activation_bits_ * shape_.channels * rows.read * columns.read;
    const std::int64_t passes = ceil_divide(shape_.filters, filters);
    const std::int64_t areas = rows.tiles * columns.tiles;
    const std::int64_t output = activation_bits_ * outputs_;
    const std::int64_t partial =
        2 * (ceil_divide(shape_.channels, channels) - 1) * accelerator_.accumulator_bits * outputs_;
    const auto keep = [&](Dataflow dataflow, std::int64_t bits) {
      if (best_.bits < 0 || bits < best_.bits)
        best_ = {bits, dataflow, filters, channels, rows.size, columns.size};
    };
    keep(Dataflow::output_stationary, output + input * passes + weight_bits_ * areas);
    keep(Dataflow::weight_stationary, weight_bits_ + input * passes + output + partial);
    keep(Dataflow::input_stationary, input + weight_bits_ * areas + output + partial);
  }

  const ConvolutionGroup& shape_;
  const Accelerator& accelerator_;
  std::int64_t kernel_area_, activation_bits_, weight_bits_, outputs_;
  std::vector<int> channel_sizes_;
  Transfer best_ = {.bits = -1};
};

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

Transfer least_transfer(const ConvolutionGroup& shape, const Accelerator& accelerator) {
  return Minimizer(shape, accelerator).minimize();
}

std::int64_t least_buffer_bytes(const ConvolutionGroup& shape, const Accelerator& accelerator) {
  const auto rows = tile_axis(shape, shape.in_height, shape.out_height, 1);
  const auto columns = tile_axis(shape, shape.in_width, shape.out_width, 1);
  const std::int64_t bits = accelerator.activation_bits * rows.largest * columns.largest +
                            accelerator.weight_bits * std::int64_t{shape.kernel} * shape.kernel +
                            accelerator.accumulator_bits;
  return ceil_divide(bits, 8);
}

}  // namespace citrine
