#pragma once
// The matrix unit of some processors (AMX). A tile has 16 rows of 64 bytes.
#include <array>
#include <cstddef>
#include <cstdint>

namespace citrine {

inline constexpr std::size_t kTileRows = 16;
inline constexpr std::size_t kTileRowBytes = 64;

// Has this processor tiles, and may this program use them?
bool has_tiles();

// Makes the tiles of this thread ready while it lives; nothing without tiles.
class TileScope {
 public:
  TileScope();
  ~TileScope();
  TileScope(const TileScope&) = delete;
  TileScope& operator=(const TileScope&) = delete;
};

// Sums of one or two tiles of windows for one or two vectors of 16 filters, exactly modulo 2^32. A
// window has some rows, which are read in blocks of a tile's row.
struct TileProduct {
  std::array<const std::uint8_t*, 2> windows;  // the first one of each tile
  std::size_t tiles;
  std::ptrdiff_t step;  // from a window to the next one
  std::size_t rows;
  std::ptrdiff_t row_step;  // from a window's row to the next one
  std::size_t row_blocks;
  const std::int8_t* weights;  // [vector of filters, row, block, four bytes, filter, byte]
  std::size_t vectors;
  std::int32_t* sums;  // [tile, window], each for one or two vectors
  std::size_t pitch;   // from a window's sums to the next one's
};

// Within a TileScope.
void multiply(const TileProduct& product);

}  // namespace citrine
