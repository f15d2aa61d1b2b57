#pragma once
// One image's map, whatever its elements are: integers of 16 bits, or those of BorderedMaps.
#include <cstddef>
#include <cstdint>

#include "kernels/bordered_maps.h"

namespace citrine {

class MapView {
 public:
  // Of integers [height, width, channels].
  MapView(const std::int16_t* integers, int width, int channels)
      : shorts_(integers),
        row_elements_(std::ptrdiff_t{width} * channels),
        width_(static_cast<std::size_t>(width)),
        channels_(static_cast<std::size_t>(channels)) {}
  // Of the first image.
  explicit MapView(const BorderedMaps<std::uint8_t>& maps) : MapView(maps.shape()) {
    bytes_ = maps.pixel(0, 0, 0);
    zero_ = maps.zero();
  }
  explicit MapView(const BorderedMaps<std::int16_t>& maps) : MapView(maps.shape()) {
    shorts_ = maps.pixel(0, 0, 0);
  }

  std::ptrdiff_t row_elements() const { return row_elements_; }  // from a row to the next one
  // Where the element with this index in [height, width, channels] is, from the first one on.
  std::ptrdiff_t place(std::size_t index) const {
    const auto pixel = index / channels_, row = pixel / width_;
    return static_cast<std::ptrdiff_t>(row) * row_elements_ +
           static_cast<std::ptrdiff_t>(index - row * width_ * channels_);
  }
  std::ptrdiff_t place(int row, int column, int channel) const {
    return row * row_elements_ +
           static_cast<std::ptrdiff_t>(column) * static_cast<std::ptrdiff_t>(channels_) + channel;
  }
  std::int32_t operator[](std::ptrdiff_t place) const {
    return bytes_ == nullptr ? shorts_[place] : bytes_[place] - zero_;
  }
  // Calls visit(elements, zero): integers are elements - zero.
  template <class Visit>
  auto visit(Visit visit) const {
    return bytes_ == nullptr ? visit(shorts_, std::int32_t{0}) : visit(bytes_, zero_);
  }

 private:
  explicit MapView(const MapShape& shape) : MapView(nullptr, shape.width, shape.channels) {
    row_elements_ = shape.row_elements();
  }

  const std::int16_t* shorts_ = nullptr;  // one of these
  const std::uint8_t* bytes_ = nullptr;
  std::int32_t zero_ = 0;  // of bytes
  std::ptrdiff_t row_elements_;
  std::size_t width_, channels_;
};

// One that can be written.
class MutableMapView : public MapView {
 public:
  MutableMapView(std::int16_t* integers, int width, int channels)
      : MapView(integers, width, channels), shorts_(integers) {}
  explicit MutableMapView(BorderedMaps<std::uint8_t>& maps)
      : MapView(maps), bytes_(maps.pixel(0, 0, 0)), zero_(maps.zero()) {}
  explicit MutableMapView(BorderedMaps<std::int16_t>& maps)
      : MapView(maps), shorts_(maps.pixel(0, 0, 0)) {}

  void set(std::ptrdiff_t place, std::int16_t integer) const {
    if (bytes_ == nullptr)
      shorts_[place] = integer;
    else
      bytes_[place] = static_cast<std::uint8_t>(integer + zero_);
  }

 private:
  std::int16_t* shorts_ = nullptr;
  std::uint8_t* bytes_ = nullptr;
  std::int32_t zero_ = 0;
};

}  // namespace citrine
