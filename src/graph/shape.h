#pragma once
// Shape of a feature map.
#include <cstdint>

namespace citrine {

struct Shape {
  int height = 1, width = 1, channels = 1;
  std::int64_t elements() const { return std::int64_t{height} * width * channels; }
  bool operator==(const Shape&) const = default;
};

}  // namespace citrine
