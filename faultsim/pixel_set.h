#pragma once
// Pixels of a map, each once and in order.
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
  void add(int top, int bottom, int first, int last);
  // All pixels, until they are taken again; the set is empty then.
  std::span<const Pixel> take();

 private:
  std::size_t word_of(int row, int word) const;

  int row_words_;
  int top_, bottom_;  // rows that may hold some
  std::vector<std::uint64_t> words_;
  std::vector<Pixel> pixels_;
};

}  // namespace citrine
