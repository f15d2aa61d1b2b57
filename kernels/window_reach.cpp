#include "kernels/window_reach.h"

#include <algorithm>

#include "kernels/pixel_set.h"

namespace citrine {
namespace {

// Windows along one axis that see a coordinate.
WindowReach::Rows reach(const ConvolutionShape& window, int at, int outputs) {
  const int padded = at + window.padding, beyond = padded - window.kernel;
  return {.first = beyond < 0 ? 0 : beyond / window.stride + 1,
          .last = std::min(padded / window.stride, outputs - 1)};
}

}  // namespace

WindowReach::WindowReach(const ConvolutionShape& window)
    : words_(row_words(window.out_width())),
      columns_(static_cast<std::size_t>(window.width) * words_) {
  for (int row = 0; row < window.height; ++row)
    rows_.push_back(reach(window, row, window.out_height()));
  for (int column = 0; column < window.width; ++column) {
    const auto [first, last] = reach(window, column, window.out_width());
    for (int output = first; output <= last; ++output)
      columns_[static_cast<std::size_t>(column) * words_ + row_word(output)] |= row_bit(output);
  }
}

}  // namespace citrine
