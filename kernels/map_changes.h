#pragma once
// What changed in a map of one image: pixels, and the differences of their channels as operands of
// dot products.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/bordered_maps.h"
#include "kernels/pixels.h"

namespace citrine {

// Its terms are those from `first` on to that of the next one; `sum`: of the differences of all
// pixels before, for elements of 8 bits.
struct ChangedPixel {
  Pixel at;
  std::uint32_t first;
  std::int32_t sum;
};

// The first changed pixel of a row from a column on; behind the row's last one comes the next
// row's, and behind the last one of all one without terms. For rows from top() to bottom().
class ChangedPixelTable {
 public:
  ChangedPixelTable(const ChangedPixel* pixels, const std::uint32_t* starts, std::size_t row_size)
      : pixels_(pixels), starts_(starts), row_size_(row_size) {}
  const ChangedPixel& find(int row, int column) const {
    return pixels_[starts_[static_cast<std::size_t>(row) * row_size_ +
                           static_cast<std::size_t>(column)]];
  }

 private:
  const ChangedPixel* pixels_;
  const std::uint32_t* starts_;
  std::size_t row_size_;
};

// Differences of elements are at most twice as large as those of a term, and 1.
inline constexpr std::size_t kMostParts = 3;

// A term is the differences of a group of neighbouring channels, as many as 32 bits hold elements,
// signed. Differences that are too large for an element's bits are split over several terms.
class MapChanges {
 public:
  // Memory for all that can change in a map of this shape.
  MapChanges(const MapShape& shape, std::size_t element_size);

  bool is_empty() const { return count_ == 0; }
  void clear() { count_ = terms_ = 0, sum_ = 0, top_ = 0, bottom_ = -1; }
  // In order of rows, then columns.
  std::span<const ChangedPixel> pixels() const { return {pixels_.get(), count_}; }
  // First and last row that hold some.
  int top() const { return top_; }
  int bottom() const { return bottom_; }
  ChangedPixelTable table() const { return {pixels_.get(), starts_.get(), width_ + 1}; }
  // By term: differences, and where: column * groups() + group of channels.
  const std::int32_t* differences() const { return differences_.get(); }
  const std::int32_t* places() const { return places_.get(); }
  int groups() const { return groups_; }  // of a pixel

  // To write terms, whole vectors too, behind the last one; then they are added, and then the pixel
  // that they belong to; after the last pixel it is all made ready to be read.
  std::int32_t* next_differences() { return differences_.get() + terms_; }
  std::int32_t* next_places() { return places_.get() + terms_; }
  std::uint32_t terms() const { return terms_; }
  void add_terms(std::size_t count) { terms_ += static_cast<std::uint32_t>(count); }
  void add_pixel(const Pixel& at, std::uint32_t first, std::int32_t sum) {
    pixels_[count_++] = {at, first, sum_};
    sum_ += sum;
  }
  void finish();

 private:
  std::size_t place(int row, int column) const {
    return static_cast<std::size_t>(row) * (width_ + 1) + static_cast<std::size_t>(column);
  }

  std::size_t width_;
  int groups_;
  std::unique_ptr<ChangedPixel[]> pixels_;
  std::unique_ptr<std::int32_t[]> differences_, places_;
  std::unique_ptr<std::uint32_t[]> starts_;  // index of a pixel, by row and column
  std::uint32_t count_ = 0, terms_ = 0;
  std::int32_t sum_ = 0;
  int top_ = 0, bottom_ = -1;
};

// Where `fresh` differs from `map` at one of the pixels, adds that to `changes` and exchanges what
// both hold there. Both are of the shape of `changes`, of one image.
template <class Element>
void exchange(std::span<const Pixel> pixels, BorderedMaps<Element>& map,
              BorderedMaps<Element>& fresh, MapChanges& changes);

// Exchanges back.
template <class Element>
void restore(const MapChanges& changes, BorderedMaps<Element>& map, BorderedMaps<Element>& fresh);

}  // namespace citrine
