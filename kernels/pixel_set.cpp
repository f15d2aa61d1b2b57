#include "kernels/pixel_set.h"

#include <bit>
#include <limits>

#include "kernels/requantization.h"
#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/pixel_set.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_CAP_GE512

// Lists the first `columns` of a word, without a branch on a pixel, which none could foresee.
HWY_INLINE Pixel* list_word(std::uint64_t word, int columns, Pixel at, Pixel* to) {
  const hn::ScalableTag<std::uint64_t> tag;
  constexpr int kLanes = 8;
  auto pixels = hn::Add(hn::ShiftLeft<32>(hn::Iota(tag, static_cast<std::uint64_t>(at.column))),
                        hn::Set(tag, static_cast<std::uint64_t>(at.row)));
  const auto step = hn::Set(tag, std::uint64_t{kLanes} << 32);
  for (; columns > 0; columns -= kLanes, word >>= kLanes, pixels = hn::Add(pixels, step)) {
    const auto some = static_cast<std::uint8_t>(word);
    // Highway 1.0.3 copies a table each time it compresses 64 bits.
    const hn::Vec<decltype(tag)> listed{_mm512_maskz_compress_epi64(some, pixels.raw)};
    hn::StoreU(listed, tag, reinterpret_cast<std::uint64_t*>(to));
    to += std::popcount(some);
  }
  return to;
}

#else

HWY_INLINE Pixel* list_word(std::uint64_t word, int, Pixel at, Pixel* to) {
  for (; word != 0; word &= word - 1) *to++ = {at.row, at.column + std::countr_zero(word)};
  return to;
}

#endif

// Lists the pixels of rows [top, bottom], and clears their words; gives the end of the list.
Pixel* list_rows(std::uint64_t* words, int width, int top, int bottom, Pixel* to) {
  for (int row = top; row <= bottom; ++row)
    for (int column = 0; column < width; column += kWordPixels) {
      to = list_word(*words, std::min(width - column, kWordPixels), {row, column}, to);
      *words++ = 0;
    }
  return to;
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(list_rows);

constexpr int kNoRow = std::numeric_limits<int>::max();

}  // namespace

PixelSet::PixelSet(int height, int width)
    : width_(width),
      row_words_(row_words(width)),
      top_(kNoRow),
      bottom_(-1),
      words_(static_cast<std::size_t>(height) * row_words_),
      pixels_(static_cast<std::size_t>(height) * static_cast<std::size_t>(width) + kVectorSlack) {}

std::span<const Pixel> PixelSet::take() {
  auto* end = pixels_.data();
  if (top_ <= bottom_) end = HWY_DYNAMIC_DISPATCH(list_rows)(row(top_), width_, top_, bottom_, end);
  top_ = kNoRow;
  bottom_ = -1;
  return {pixels_.data(), end};
}

}  // namespace citrine
#endif
