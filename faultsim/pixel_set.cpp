#include "faultsim/pixel_set.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace citrine {
namespace {

constexpr int kWordPixels = 64;
constexpr int kNoRow = std::numeric_limits<int>::max();

// The bits [first, last].
std::uint64_t bits(int first, int last) {
  return (~std::uint64_t{0} << first) & (~std::uint64_t{0} >> (kWordPixels - 1 - last));
}

}  // namespace

PixelSet::PixelSet(int height, int width)
    : row_words_((width + kWordPixels - 1) / kWordPixels),
      top_(kNoRow),
      bottom_(-1),
      words_(static_cast<std::size_t>(height) * static_cast<std::size_t>(row_words_)) {
  pixels_.reserve(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
}

void PixelSet::add(int top, int bottom, int first, int last) {
  top_ = std::min(top_, top);
  bottom_ = std::max(bottom_, bottom);
  for (int word = first / kWordPixels; word <= last / kWordPixels; ++word) {
    const auto mask = bits(std::max(first - word * kWordPixels, 0),
                           std::min(last - word * kWordPixels, kWordPixels - 1));
    for (int row = top; row <= bottom; ++row) words_[word_of(row, word)] |= mask;
  }
}

std::size_t PixelSet::word_of(int row, int word) const {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(row_words_) +
         static_cast<std::size_t>(word);
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
