// Windows that are multiplied on tiles. Once a target. Include it behind Highway's
// foreach_target.h.
#if defined(CITRINE_SIMD_WINDOW_TILES) == defined(HWY_TARGET_TOGGLE)
#ifdef CITRINE_SIMD_WINDOW_TILES
#undef CITRINE_SIMD_WINDOW_TILES
#else
#define CITRINE_SIMD_WINDOW_TILES
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/packed_convolution.h"
#include "kernels/simd/vectors.h"
#include "kernels/tiles.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

inline constexpr auto kWindows = PackedConvolution<std::uint8_t>::kWindows;

// Pixels of an image that are computed at once; the sums of pixel p are those of window rows[p].
struct Part {
  int image = 0;
  std::span<const Pixel> pixels;
  std::array<std::uint8_t, kWindows> rows;
};

#if HWY_TARGET == HWY_AVX3_DL

// Tiles of windows, within a map or one behind the other.
struct WindowTiles {
  std::array<const std::uint8_t*, kWindows / kTileRows> first{};
  std::size_t count = 0;
  std::ptrdiff_t step, row_step;  // from a window to the next one, from its row to the next one
  std::size_t rows, row_blocks;
};

// Windows in the order of the map with its borders, all a pixel's stride apart: a tile sees 16 of
// them, also some between rows, of which nothing is kept.
class MapWindows {
 public:
  MapWindows(const ConvolutionShape& shape, const BorderedMaps<std::uint8_t>& input, int image)
      : image_(image),
        first_(input.pixel(image, -shape.padding, -shape.padding)),
        step_(std::ptrdiff_t{shape.stride} * shape.channels),
        row_step_(input.shape().row_elements()),
        row_windows_(input.shape().width + 2 * input.shape().border),
        last_(index({shape.out_height() - 1, shape.out_width() - 1}) - int{kTileRows} + 1),
        rows_(static_cast<std::size_t>(shape.kernel)),
        row_blocks_(static_cast<std::size_t>(shape.kernel * shape.channels) / kTileRowBytes) {}

  // Can tiles read them where they are? Not if a kernel's row fills up no blocks, or the map no
  // tile.
  static bool fit(const PackedConvolution<std::uint8_t>& convolution,
                  const BorderedMaps<std::uint8_t>& input) {
    return convolution.fits_tiles() && convolution.shape().stride == 1 &&
           convolution.run_steps() % kTileRowBytes == 0 &&
           MapWindows(convolution.shape(), input, 0).last_ >= 0;
  }

  // Takes pixels off the front of those that are left.
  Part next(std::span<const Pixel>& left, WindowTiles& tiles) const {
    tiles = {.step = step_, .row_step = row_step_, .rows = rows_, .row_blocks = row_blocks_};
    Part part{.image = image_, .pixels = {}, .rows = {}};
    std::size_t taken = 0;
    while (tiles.count < tiles.first.size() && taken < left.size()) {
      // Only what the map holds.
      const int first = std::min(index(left[taken]), last_);
      for (; taken < left.size() && index(left[taken]) < first + int{kTileRows}; ++taken)
        part.rows[taken] =
            static_cast<std::uint8_t>(int(tiles.count * kTileRows) + index(left[taken]) - first);
      tiles.first[tiles.count++] = first_ + first * step_;
    }
    part.pixels = left.first(taken);
    left = left.subspan(taken);
    return part;
  }

 private:
  int index(const Pixel& at) const { return at.row * row_windows_ + at.column; }

  int image_;
  const std::uint8_t* first_;
  std::ptrdiff_t step_, row_step_;
  int row_windows_, last_;
  std::size_t rows_, row_blocks_;
};

void multiply_tiles(const PackedConvolution<std::uint8_t>& convolution, const WindowTiles& tiles,
                    std::int32_t* sums) {
  const auto pitch = convolution.window_filters();
  const auto vectors = pitch / kTileRows;
  for (std::size_t v = 0; v < vectors; v += 2)
    for (std::size_t tile = 0; tile < tiles.count; tile += 2)
      multiply({.windows = {tiles.first[tile], tiles.first[tile + 1]},
                .tiles = std::min<std::size_t>(tiles.count - tile, 2),
                .step = tiles.step,
                .rows = tiles.rows,
                .row_step = tiles.row_step,
                .row_blocks = tiles.row_blocks,
                .weights = convolution.weights().data() + v * convolution.vector_weights(),
                .vectors = std::min<std::size_t>(vectors - v, 2),
                .sums = sums + tile * kTileRows * pitch + v * kTileRows,
                .pitch = pitch});
}

#endif

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
