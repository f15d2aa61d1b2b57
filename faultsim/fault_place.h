#pragma once
// Where outputs and steps are: indices as rows, columns and channels.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "faultsim/fault.h"
#include "kernels/divisor.h"
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

class OutputWindow;

// What the outputs of a convolution see of its input, [height, width, channels] or rows that are
// further apart.
class OutputWindows {
 public:
  explicit OutputWindows(const ConvolutionShape& shape)
      : OutputWindows(shape, std::int64_t{shape.width} * shape.channels) {}
  OutputWindows(const ConvolutionShape& shape, std::int64_t row_elements);
  OutputWindow operator[](std::int64_t output) const&;
  void operator[](std::int64_t output) const&& = delete;

 private:
  friend OutputWindow;
  ConvolutionShape shape_;
  std::int64_t row_elements_;
  Divisor filters_, columns_, depth_, kernel_, group_filters_;
};

// What one output sees; borrows from the OutputWindows.
class OutputWindow {
 public:
  std::int64_t output() const { return output_; }
  int filter() const { return filter_; }
  // Where the output is in its map.
  int row() const { return row_; }
  int column() const { return column_; }
  // Index of the first channel that the output sees under a tap; -1 on padding.
  std::int64_t tap(int kernel_row, int kernel_column) const {
    const auto& shape = all_.shape_;
    const int row = first_row_ + kernel_row, column = first_column_ + kernel_column;
    const bool is_inside = row >= 0 && row < shape.height && column >= 0 && column < shape.width;
    return is_inside
               ? row * all_.row_elements_ + std::int64_t{column} * shape.channels + first_channel_
               : -1;
  }
  // Index of what it reads in a step; -1 on padding.
  std::int64_t step(int step) const {
    const auto number = static_cast<std::uint32_t>(step);
    const auto at = all_.depth_.quotient(number), row = all_.kernel_.quotient(at);
    const auto index =
        tap(static_cast<int>(row), static_cast<int>(at - row * all_.kernel_.divisor()));
    return index < 0 ? index : index + number - at * all_.depth_.divisor();
  }
  // Calls visit(first step, index of what it reads, steps) for runs of steps that together are
  // those of [first, last) but for padding, in order; a run's steps read neighbours.
  template <class Visit>
  void visit_runs(int first, int last, Visit visit) const;

 private:
  friend OutputWindows;
  OutputWindow(const OutputWindows& all, std::int64_t output);

  const OutputWindows& all_;
  std::int64_t output_;
  int filter_, row_, column_;
  int first_row_, first_column_, first_channel_;
};

inline OutputWindow::OutputWindow(const OutputWindows& all, std::int64_t output)
    : all_(all), output_(output) {
  const auto& shape = all.shape_;
  const auto index = static_cast<std::uint32_t>(output);  // below 2^31
  const auto pixel = all.filters_.quotient(index), row = all.columns_.quotient(pixel);
  const auto filter = index - pixel * all.filters_.divisor();
  const auto group = all.group_filters_.quotient(filter);
  filter_ = static_cast<int>(filter);
  row_ = static_cast<int>(row);
  column_ = static_cast<int>(pixel - row * all.columns_.divisor());
  first_row_ = row_ * shape.stride - shape.padding;
  first_column_ = column_ * shape.stride - shape.padding;
  first_channel_ = static_cast<int>(group * all.depth_.divisor());
}

inline OutputWindow OutputWindows::operator[](std::int64_t output) const& {
  return {*this, output};
}

// Where an output sees all channels, the taps of a row lie side by side.
template <class Visit>
void OutputWindow::visit_runs(int first, int last, Visit visit) const {
  const auto& shape = all_.shape_;
  const int depth = static_cast<int>(all_.depth_.divisor()), kernel = shape.kernel;
  const int left = std::max(0, -first_column_);
  const int right = std::min(kernel, shape.width - first_column_);
  const int taps = shape.groups == 1 ? std::max(right - left, 1) : 1;
  const int row_steps = kernel * depth;
  const auto first_tap = all_.depth_.quotient(static_cast<std::uint32_t>(first));
  for (int row = static_cast<int>(all_.kernel_.quotient(first_tap)); row * row_steps < last;
       ++row) {
    if (first_row_ + row < 0 || first_row_ + row >= shape.height) continue;
    for (int column = left; column < right; column += taps) {
      const int tap_step = row * row_steps + column * depth;
      const int begin = std::max(first, tap_step), end = std::min(last, tap_step + taps * depth);
      if (begin < end) visit(begin, tap(row, column) + begin - tap_step, end - begin);
    }
  }
}

}  // namespace citrine
