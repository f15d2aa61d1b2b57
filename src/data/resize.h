#pragma once
// Part of a picture at another size.
#include <cstdint>
#include <span>

#include "data/ppm.h"

namespace citrine {

struct Box {
  int left = 0, top = 0, right = 0, bottom = 0;  // half-open
  bool operator==(const Box&) const = default;
};

// The pixels of `box` as size x size x 3 into `out`: bilinear, with a triangle as wide as the step
// when it shrinks (antialiased). The box must lie in the picture.
void resize(const Picture& picture, const Box& box, int size, std::span<std::uint8_t> out);

}  // namespace citrine
