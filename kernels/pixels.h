#pragma once
// Pixels of maps that a kernel computes.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace citrine {

struct Pixel {
  std::int32_t row, column;
  bool operator==(const Pixel&) const = default;
};

// In order of rows, then columns.
inline std::vector<Pixel> all_pixels(int height, int width) {
  std::vector<Pixel> pixels;
  pixels.reserve(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column) pixels.push_back({row, column});
  return pixels;
}

// All pixels of the first images, or some of the first one.
struct Pixels {
  Pixels(int count) : images(count) {}
  Pixels(std::span<const Pixel> pixels) : some(pixels) {}

  int images = 0;
  std::span<const Pixel> some;
};

}  // namespace citrine
