#pragma once
// Tensors of a few images as SIMD kernels read them: with zeros around each map, and in 8 bits an
// integer where they fit.
#include <cstddef>
#include <cstdint>

#include "kernels/aligned_vector.h"

namespace citrine {

struct MapShape {
  int images = 1, height = 1, width = 1, channels = 1;
  int border = 0;  // pixels on each side

  std::ptrdiff_t row_elements() const { return std::ptrdiff_t{width + 2 * border} * channels; }
  std::ptrdiff_t image_elements() const { return row_elements() * (height + 2 * border); }
};

// [image, height, width, channels], each map within its border. Element is std::uint8_t, which
// holds an integer + zero, or std::int16_t with a zero of 0.
template <class Element>
class BorderedMaps {
 public:
  // All zeros; behind the last pixel as many elements as a kernel may read too many.
  BorderedMaps(const MapShape& shape, std::int32_t zero);

  const MapShape& shape() const { return shape_; }
  std::int32_t zero() const { return zero_; }
  // First channel of a pixel; rows and columns of the border count from -border.
  Element* pixel(int image, int row, int column) {
    return elements_.data() + at(image, row, column);
  }
  const Element* pixel(int image, int row, int column) const {
    return elements_.data() + at(image, row, column);
  }
  // Sets what lies within the border.
  void fill(std::int32_t value);
  // From and to integers [height, width, channels] of images; all must fit.
  void load(const std::int16_t* integers, int images);
  void unload(int image, std::int16_t* integers) const;

 private:
  std::ptrdiff_t at(int image, int row, int column) const {
    return first_ + image * image_elements_ + row * row_elements_ +
           std::ptrdiff_t{column} * shape_.channels;
  }

  MapShape shape_;
  std::ptrdiff_t image_elements_, row_elements_;
  std::ptrdiff_t first_;  // of the first image, within the border
  std::int32_t zero_;
  AlignedVector<Element> elements_;
};

}  // namespace citrine
