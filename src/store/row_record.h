#pragma once
// Rows and curve points as bytes of a log: fixed size, little-endian.
#include <cstddef>
#include <span>
#include <vector>

#include "faultsim/campaign.h"

namespace citrine {

using Bytes = std::vector<std::byte>;

inline constexpr std::size_t kRowBytes = 32;
inline constexpr std::size_t kPointBytes = 33;

void put_record(Bytes& bytes, const Row& row);
void put_record(Bytes& bytes, const CurvePoint& point);
// Of kRowBytes, kPointBytes bytes. Throw Error if a code is none of its enumeration's.
Row row_from(std::span<const std::byte> record);
CurvePoint point_from(std::span<const std::byte> record);

// Little-endian, `size` bytes.
void put_number(Bytes& bytes, std::uint64_t value, std::size_t size);
std::uint64_t number_from(std::span<const std::byte> bytes);

}  // namespace citrine
