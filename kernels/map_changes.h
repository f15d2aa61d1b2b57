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

// How many terms lie before a pixel, and the sum of their differences, for elements of 8 bits.
struct TermsBefore {
  std::uint32_t count;
  std::int32_t sum;
};

// By pixel, in order of rows, then columns, and behind the last one of a row; from the first to the
// last row with changes.
class TermTable {
 public:
  TermTable(const TermsBefore* before, std::size_t row_size)
      : before_(before), row_size_(row_size) {}
  TermsBefore find(int row, int column) const {
    return before_[static_cast<std::size_t>(row) * row_size_ + static_cast<std::size_t>(column)];
  }

 private:
  const TermsBefore* before_;
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
  void clear() { count_ = 0, elements_ = 0, has_terms_ = false; }
  // In order of rows, then columns.
  std::span<const Pixel> pixels() const { return {pixels_.get(), count_}; }
  // First and last row that hold some; 0 and -1 without any.
  int top() const { return is_empty() ? 0 : pixels_[0].row; }
  int bottom() const { return is_empty() ? -1 : pixels_[count_ - 1].row; }
  // To write pixels, one behind the last one too; then they are added, with their changed elements.
  Pixel* next_pixels() { return pixels_.get() + count_; }
  void add_pixels(const Pixel* end, std::size_t elements) {
    count_ = static_cast<std::uint32_t>(end - pixels_.get());
    elements_ += elements;
  }
  std::size_t elements() const { return elements_; }  // that changed

  bool has_terms() const { return has_terms_; }
  TermTable table() const { return {before_.get(), width_ + 1}; }
  std::uint32_t terms() const { return terms_; }
  // By term: differences, and where: column * groups() + group of channels.
  const std::int32_t* differences() const { return differences_.get(); }
  const std::int32_t* places() const { return places_.get(); }
  int groups() const { return groups_; }  // of a pixel

  // To write terms, whole vectors too, behind the last one; then they are added, pixel by pixel,
  // and then their sum.
  void begin_terms();
  void begin_pixel(const Pixel& at) { fill(place(at.row, at.column)); }
  std::int32_t* next_differences() { return differences_.get() + terms_; }
  std::int32_t* next_places() { return places_.get() + terms_; }
  void add_terms(std::size_t count) { terms_ += static_cast<std::uint32_t>(count); }
  void add_sum(std::int32_t sum) { before_terms_ = {terms_, before_terms_.sum + sum}; }
  void finish_terms();

 private:
  std::size_t place(int row, int column) const {
    return static_cast<std::size_t>(row) * (width_ + 1) + static_cast<std::size_t>(column);
  }
  // What lies before all pixels up to `last`.
  void fill(std::size_t last) {
    for (; next_ <= last; ++next_) before_[next_] = before_terms_;
  }

  std::size_t width_;
  int groups_;
  std::unique_ptr<Pixel[]> pixels_;
  std::unique_ptr<std::int32_t[]> differences_, places_;
  std::unique_ptr<TermsBefore[]> before_;
  std::uint32_t count_ = 0, terms_ = 0;
  std::size_t elements_ = 0;
  bool has_terms_ = false;
  TermsBefore before_terms_{0, 0};  // before the next pixel
  std::size_t next_ = 0;            // place to fill
};

// Adds those of the pixels where two maps differ, both of the shape of `changes`, of one image.
template <class Element>
void find_changes(std::span<const Pixel> pixels, const BorderedMaps<Element>& before,
                  const BorderedMaps<Element>& after, MapChanges& changes);

// The terms of the pixels that were found.
template <class Element>
void find_terms(const BorderedMaps<Element>& before, const BorderedMaps<Element>& after,
                MapChanges& changes);

// Makes a map again what it was before.
template <class Element>
void restore(const MapChanges& changes, const BorderedMaps<Element>& before,
             BorderedMaps<Element>& map);

}  // namespace citrine
