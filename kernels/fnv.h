#pragma once
// FNV-1a, 64 bits (Fowler, Noll and Vo 1991): short hashes that never change, against no adversary.
#include <cstdint>

namespace citrine {

inline constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325;  // the hash of no bytes

// The hash of some bytes and `byte` behind them, from `hash`, that of the bytes before it.
constexpr std::uint64_t fnv1a(std::uint64_t hash, std::uint8_t byte) {
  return (hash ^ byte) * 0x100000001b3;
}

}  // namespace citrine
