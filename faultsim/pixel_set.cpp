#include "faultsim/pixel_set.h"

#include <bit>
#include <limits>
#include <utility>

namespace citrine {
namespace {

constexpr int kNoRow = std::numeric_limits<int>::max();

}  // namespace

PixelSet::PixelSet(int height, int width)
    : row_words_((width + kWordPixels - 1) / kWordPixels),
      top_(kNoRow),
      bottom_(-1),
      words_(static_cast<std::size_t>(height) * static_cast<std::size_t>(row_words_)) {
  pixels_.reserve(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
}

std::span<const Pixel> PixelSet::take() {
  pixels_.clear();
  for (int row = top_; row <= bottom_; ++row)
    for (int word = 0; word < row_words_; ++word) {
      auto left = std::exchange(words_[word_of(row, word)], 0);
      for (; left != 0; left &= left - 1)
        pixels_.push_back({row, word * kWordPixels + std::countr_zero(left)});
    }
  top_ = kNoRow;
  bottom_ = -1;
  return pixels_;
}

}  // namespace citrine
