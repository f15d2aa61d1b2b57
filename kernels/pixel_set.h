#pragma once
// Pixels of a map, each once and in order.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/pixels.h"

namespace citrine {

// A row of pixels has a bit for each column.
inline constexpr int kWordPixels = 64;
inline std::size_t row_words(int width) {
  return static_cast<std::size_t>((width + kWordPixels - 1) / kWordPixels);
}
inline std::size_t row_word(int column) { return static_cast<std::size_t>(column / kWordPixels); }
inline std::uint64_t row_bit(int column) { return std::uint64_t{1} << column % kWordPixels; }

class PixelSet {
 public:
  PixelSet(int height, int width);
  // A pixel of the map.
  void add(const Pixel& at) {
    extend(at.row, at.row);
    row(at.row)[row_word(at.column)] |= row_bit(at.column);
  }
  // The same columns, of one word of a row, of rows [top, bottom] of the map, if there are any.
  void add(int top, int bottom, std::size_t word, std::uint64_t columns) {
    if (top > bottom) return;
    extend(top, bottom);
    for (int at = top; at <= bottom; ++at) row(at)[word] |= columns;
  }
  // All pixels, until they are taken again; the set is empty then.
  std::span<const Pixel> take();

 private:
  void extend(int top, int bottom) {
    top_ = std::min(top_, top);
    bottom_ = std::max(bottom_, bottom);
  }
  std::uint64_t* row(int at) { return words_.data() + static_cast<std::size_t>(at) * row_words_; }

  int width_;
  std::size_t row_words_;
  int top_, bottom_;  // rows that may hold some
  std::vector<std::uint64_t> words_;
  std::vector<Pixel> pixels_;  // room for all, and a vector
};

}  // namespace citrine
