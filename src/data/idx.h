#pragma once
// The idx format of MNIST (LeCun et al. 1998): big-endian header, then unsigned bytes.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace citrine {

struct IdxArray {
  std::vector<std::uint32_t> extents;    // 1 for labels, 3 for images
  std::span<const std::uint8_t> values;  // borrowed from the bytes parsed
};

// Error names `file` if the header is not one of unsigned bytes with `rank` extents, or the size
// differs from it.
IdxArray parse_idx(std::span<const std::uint8_t> bytes, std::size_t rank, const std::string& file);

}  // namespace citrine
