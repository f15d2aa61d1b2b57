#pragma once
// Pixels of a map, each once and in order.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/pixels.h"

namespace citrine {

class PixelSet {
 public:
  PixelSet(int height, int width);
  // Adds columns [first, last] of rows [top, bottom]; both in the map.
  void add(int top, int bottom, int first, int last) {
    top_ = std::min(top_, top);
    bottom_ = std::max(bottom_, bottom);
    for (int word = first / kWordPixels; word <= last / kWordPixels; ++word) {
      const auto mask = bits(std::max(first - word * kWordPixels, 0),
                             std::min(last - word * kWordPixels, kWordPixels - 1));
      for (int row = top; row <= bottom; ++row) words_[word_of(row, word)] |= mask;
    }
  }
  // All pixels, until they are taken again; the set is empty then.
  std::span<const Pixel> take();

 private:
  static constexpr int kWordPixels = 64;

  // The bits [first, last].
  static std::uint64_t bits(int first, int last) {
    return (~std::uint64_t{0} << first) & (~std::uint64_t{0} >> (kWordPixels - 1 - last));
  }
  std::size_t word_of(int row, int word) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(row_words_) +
           static_cast<std::size_t>(word);
  }

  int row_words_;
  int top_, bottom_;  // rows that may hold some
  std::vector<std::uint64_t> words_;
  std::vector<Pixel> pixels_;
};

}  // namespace citrine
