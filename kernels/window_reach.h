#pragma once
// Which windows of a convolution or pool see an input pixel.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/convolution.h"

namespace citrine {

class WindowReach {
 public:
  explicit WindowReach(const ConvolutionShape& window);

  // Rows of windows that see a row; none if the last one is before the first one.
  struct Rows {
    int first = 0, last = -1;
  };
  const Rows& rows(int row) const { return rows_[static_cast<std::size_t>(row)]; }
  // Columns of windows that see a column, a bit each.
  std::span<const std::uint64_t> columns(int column) const {
    return {columns_.data() + static_cast<std::size_t>(column) * words_, words_};
  }

 private:
  std::vector<Rows> rows_;
  std::size_t words_;
  std::vector<std::uint64_t> columns_;
};

}  // namespace citrine
