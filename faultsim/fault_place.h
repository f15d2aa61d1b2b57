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
  // Calls visit(first step, index of what it reads or -1, steps) for each tap that some of the
  // steps [first, last) lie in, in order.
  template <class Visit>
  void visit_taps(int first, int last, Visit visit) const;

 private:
  const ConvolutionShape& shape_;
  std::int64_t row_elements_;
  int filter_, row_, column_, channel_;  // the window begins at a row and a column
};

template <class Visit>
void OutputWindow::visit_taps(int first, int last, Visit visit) const {
  const int depth = shape_.group_channels(), tap_of_first = first / depth;
  int row = tap_of_first / shape_.kernel, column = tap_of_first % shape_.kernel;
  int begin = tap_of_first * depth;
  for (int step = first; step < last;) {
    const int end = std::min(last, begin + depth);
    const auto index = tap(row, column);
    visit(step, index < 0 ? index : index + step - begin, end - step);
    begin += depth;
    step = end;
    if (++column == shape_.kernel) column = 0, ++row;
  }
}

}  // namespace citrine
