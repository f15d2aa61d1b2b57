#pragma once
// Binary portable pixmaps (netpbm P6), read strictly: a cut file is an error, not an image with a
// grey rest.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace citrine {

struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  // [height, width, 3]
};

// Error names `file` unless it is P6 with maximum 255, at most 4096 pixels a side, and exactly as
// long as it says.
Picture parse_ppm(std::span<const std::uint8_t> bytes, const std::string& file);

}  // namespace citrine
