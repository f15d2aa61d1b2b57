#pragma once
// Where outputs and steps are: indices as rows, columns and channels.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "faultsim/fault.h"
#include "quant/integer_network.h"

namespace citrine {

// Row, column and channel of an element of a layer.
std::array<std::int64_t, 3> output_place(const IntegerLayer& layer, std::int64_t element);
// Row, column and channel (of the filter's group) of a step in the kernel.
std::array<std::int64_t, 3> step_place(const IntegerLayer& layer, std::int64_t step);
// The multiply-accumulate of its output that a fault of a site with steps is in; behind the last
// one if its cycle has none.
int mac_step(const IntegerNetwork& network, const Fault& fault);
// Row, column and channel of the input that an output reads in a step; nothing on padding.
std::optional<std::array<std::int64_t, 3>> input_place(const IntegerLayer& layer,
                                                       std::int64_t element, std::int64_t step);

// What an output of a convolution sees of its input, [height, width, channels] or rows that are
// further apart. Divides once, not at each step.
class OutputWindow {
 public:
  OutputWindow(const ConvolutionShape& shape, std::int64_t output)
      : OutputWindow(shape, output, std::int64_t{shape.width} * shape.channels) {}
  OutputWindow(const ConvolutionShape& shape, std::int64_t output, std::int64_t row_elements);

  int filter() const { return filter_; }
  // Index of the first channel that the output sees under a tap; -1 on padding.
  std::int64_t tap(int kernel_row, int kernel_column) const {
    const int row = row_ + kernel_row, column = column_ + kernel_column;
    const bool is_inside = row >= 0 && row < shape_.height && column >= 0 && column < shape_.width;
    return is_inside ? row * row_elements_ + std::int64_t{column} * shape_.channels + channel_ : -1;
  }
  // Index of what it reads in a step; -1 on padding.
  std::int64_t step(int step) const;
  // Calls visit(first step, index of what it reads, steps) for runs of steps that together are
  // those of [first, last) but for padding, in order; a run's steps read neighbours.
  template <class Visit>
  void visit_runs(int first, int last, Visit visit) const;

 private:
  const ConvolutionShape& shape_;
  std::int64_t row_elements_;
  int filter_, row_, column_, channel_;  // the window begins at a row and a column
};

// Where an output sees all channels, the taps of a row lie side by side.
template <class Visit>
void OutputWindow::visit_runs(int first, int last, Visit visit) const {
  const int depth = shape_.group_channels(), kernel = shape_.kernel;
  const int left = std::max(0, -column_), right = std::min(kernel, shape_.width - column_);
  const int taps = shape_.groups == 1 ? std::max(right - left, 1) : 1;
  const int row_steps = kernel * depth;
  for (int row = first / row_steps; row * row_steps < last; ++row) {
    if (row_ + row < 0 || row_ + row >= shape_.height) continue;
    for (int column = left; column < right; column += taps) {
      const int tap_step = row * row_steps + column * depth;
      const int begin = std::max(first, tap_step), end = std::min(last, tap_step + taps * depth);
      if (begin < end) visit(begin, tap(row, column) + begin - tap_step, end - begin);
    }
  }
}

}  // namespace citrine
