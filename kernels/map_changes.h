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

// The terms [first, end) are a pixel's.
struct ChangedPixel {
  Pixel at;
  std::uint32_t first = 0, end = 0;
  std::int32_t sum = 0;  // of its differences; 0 for elements of 16 bits
};

// A term is the differences of as many neighbouring channels as 32 bits hold elements, signed.
// Differences that are too large for an element's bits are split over several terms.
class MapChanges {
 public:
  // Memory for all that can change in a map of this shape.
  MapChanges(const MapShape& shape, std::size_t element_size);

  bool is_empty() const { return count_ == 0; }
  void clear() { count_ = terms_ = 0; }
  std::span<const ChangedPixel> pixels() const { return {pixels_.get(), count_}; }
  std::uint32_t terms() const { return terms_; }
  // By term: differences, and which ones of the pixel's 32-bit groups of channels.
  const std::int32_t* differences() const { return differences_.get(); }
  const std::int32_t* groups() const { return groups_.get(); }

  // To write behind the last term, vectors too; then the pixel that the new terms belong to.
  std::int32_t* next_differences() { return differences_.get() + terms_; }
  std::int32_t* next_groups() { return groups_.get() + terms_; }
  void add_terms(std::size_t count) { terms_ += static_cast<std::uint32_t>(count); }
  void add_pixel(const ChangedPixel& pixel) { pixels_[count_++] = pixel; }

 private:
  std::unique_ptr<ChangedPixel[]> pixels_;
  std::unique_ptr<std::int32_t[]> differences_, groups_;
  std::uint32_t count_ = 0, terms_ = 0;
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
