#pragma once
// In which order and in which tiles a layer passes through the buffer, and what that moves.
#include <array>
#include <cstdint>
#include <string>

#include "objectives/accelerator.h"
#include "objectives/convolution_group.h"

namespace citrine {

// Between buffer and memory, in bits.
struct Traffic {
  std::int64_t input = 0, weights = 0, output = 0;
  std::int64_t partial = 0;  // sums that are written and read again before they are finished
  std::int64_t total() const { return input + weights + output + partial; }
};

// Loops over the tiles of filters, of channels, and of frames, rows and columns of the output.
enum class TileLoop : std::uint8_t { filters, channels, area };
using LoopOrder = std::array<TileLoop, 3>;  // the outermost first
// The loop inside passes by what its operand keeps in place: areas by weights, channels by outputs,
// filters by inputs.
Dataflow dataflow_of(const LoopOrder& order);
std::string text_of(const LoopOrder& order);  // "filters > channels > area"

struct Tile {
  int filters = 0, channels = 0, height = 0, width = 0, frames = 1;
};

struct Schedule {
  LoopOrder order = {TileLoop::filters, TileLoop::area, TileLoop::channels};
  Tile tile;
  Traffic traffic;  // of one group and accelerator.frames frames
};

// The least traffic over all tile sizes, and all orders or those of accelerator.tile_dataflow: a
// tile of each operand is in the buffer, and moves when the next one is another. Throws Error with
// the least buffer that holds a tile where this one does not.
Schedule least_traffic(const ConvolutionGroup& shape, const Accelerator& accelerator);

}  // namespace citrine
