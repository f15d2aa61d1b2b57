#include "kernels/tiles.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace citrine {
namespace {

constexpr std::size_t kTiles = 8;
constexpr std::size_t kTileBytes = kTileRows * kTileRowBytes;

bool has_tile_instructions() {
  constexpr unsigned kTileBit = 1U << 24, kByteBit = 1U << 25;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & kTileBit) != 0 && (d & kByteBit) != 0;
}

// Linux keeps the tiles of programs only that ask for it.
bool may_use_tiles() {
  constexpr long kAskForState = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kAskForState, kTileData) == 0;
}

struct alignas(64) TileConfiguration {
  TileConfiguration() {
    for (std::size_t i = 0; i < kTiles; ++i) {
      row_bytes[i] = kTileRowBytes;
      rows[i] = kTileRows;
    }
  }
  std::uint8_t palette = 1, start_row = 0;
  std::array<std::uint8_t, 14> reserved{};
  std::array<std::uint16_t, 16> row_bytes{};
  std::array<std::uint8_t, 16> rows{};
};

#define CITRINE_TILES __attribute__((target("amx-tile,amx-int8")))

CITRINE_TILES void configure(const TileConfiguration& configuration) {
  _tile_loadconfig(&configuration);
}

CITRINE_TILES void release() { _tile_release(); }

// Tiles 0 to 3 hold sums, 4 and 5 windows, 6 and 7 weights, so that each tile of operands is loaded
// for two products.
template <bool kHasTwoTiles, bool kHasTwoVectors>
CITRINE_TILES void multiply_tiles(const TileProduct& product) {
  const auto pitch = static_cast<std::ptrdiff_t>(product.pitch * sizeof(std::int32_t));
  const auto* weights = product.weights;
  _tile_zero(0);
  if constexpr (kHasTwoVectors) _tile_zero(1);
  if constexpr (kHasTwoTiles) _tile_zero(2);
  if constexpr (kHasTwoTiles && kHasTwoVectors) _tile_zero(3);
  const auto vector_weights = product.rows * product.row_blocks * kTileBytes;
  for (std::size_t row = 0; row < product.rows; ++row) {
    const auto offset = static_cast<std::ptrdiff_t>(row) * product.row_step;
    const auto* first = product.windows[0] + offset;
    const auto* second = kHasTwoTiles ? product.windows[1] + offset : nullptr;
    for (std::size_t block = 0; block < product.row_blocks; ++block) {
      _tile_loadd(4, first, product.step);
      _tile_loadd(6, weights, kTileRowBytes);
      _tile_dpbusd(0, 4, 6);
      if constexpr (kHasTwoVectors) {
        _tile_loadd(7, weights + vector_weights, kTileRowBytes);
        _tile_dpbusd(1, 4, 7);
      }
      if constexpr (kHasTwoTiles) {
        _tile_loadd(5, second, product.step);
        _tile_dpbusd(2, 5, 6);
        if constexpr (kHasTwoVectors) _tile_dpbusd(3, 5, 7);
        second += kTileRowBytes;
      }
      first += kTileRowBytes;
      weights += kTileBytes;
    }
  }
  auto* sums = product.sums;
  _tile_stored(0, sums, pitch);
  if constexpr (kHasTwoVectors) _tile_stored(1, sums + kTileRows, pitch);
  sums += kTileRows * product.pitch;
  if constexpr (kHasTwoTiles) _tile_stored(2, sums, pitch);
  if constexpr (kHasTwoTiles && kHasTwoVectors) _tile_stored(3, sums + kTileRows, pitch);
}

}  // namespace

bool has_tiles() {
  static const bool has = has_tile_instructions() && may_use_tiles();
  return has;
}

TileScope::TileScope() {
  static const TileConfiguration configuration;
  if (has_tiles()) configure(configuration);
}

TileScope::~TileScope() {
  if (has_tiles()) release();
}

void multiply(const TileProduct& product) {
  const bool has_two_vectors = product.vectors > 1;
  if (product.tiles > 1)
    has_two_vectors ? multiply_tiles<true, true>(product) : multiply_tiles<true, false>(product);
  else
    has_two_vectors ? multiply_tiles<false, true>(product) : multiply_tiles<false, false>(product);
}

}  // namespace citrine

#else

namespace citrine {

bool has_tiles() { return false; }
TileScope::TileScope() = default;
TileScope::~TileScope() = default;
void multiply(const TileProduct&) {}

}  // namespace citrine

#endif
