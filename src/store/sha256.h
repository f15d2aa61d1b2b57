#pragma once
// SHA-256 of bytes in memory.
#include <cstddef>
#include <span>
#include <string>

namespace citrine {

// 64 hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);

}  // namespace citrine
