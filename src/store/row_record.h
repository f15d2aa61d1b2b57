#pragma once
// Rows and curve points as bytes of a log: records of fixed size, little-endian; a row has one for
// each of its faults.
#include <cstddef>
#include <span>
#include <vector>

#include "faultsim/campaign.h"

namespace citrine {

using Bytes = std::vector<std::byte>;

inline constexpr std::size_t kRowBytes = 32;
inline constexpr std::size_t kPointBytes = 33;

inline std::size_t records_of(const Row& row) { return 1 + row.further.size(); }
inline std::size_t records_of(const CurvePoint&) { return 1; }
void put_record(Bytes& bytes, const Row& row);
void put_record(Bytes& bytes, const CurvePoint& point);
// Of kRowBytes, kPointBytes bytes. Throw Error if a code is none of its enumeration's, or a further
// fault has no row before it.
void take_record(std::vector<Row>& rows, std::span<const std::byte> record);
CurvePoint point_from(std::span<const std::byte> record);

// Little-endian, `size` bytes.
void put_number(Bytes& bytes, std::uint64_t value, std::size_t size);
std::uint64_t number_from(std::span<const std::byte> bytes);

}  // namespace citrine
