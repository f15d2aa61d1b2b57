#pragma once
// Pixels of maps that a kernel computes.
#include <cstdint>
#include <span>

namespace citrine {

struct Pixel {
  std::int32_t row, column;
  bool operator==(const Pixel&) const = default;
};

// All pixels of the first images, or some of the first one.
struct Pixels {
  Pixels(int count) : images(count) {}
  Pixels(std::span<const Pixel> pixels) : some(pixels) {}

  int images = 0;
  std::span<const Pixel> some;
};

}  // namespace citrine
