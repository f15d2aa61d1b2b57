#pragma once
// Whole files in memory, never more than the caller allows.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace citrine {

// The bytes of a plain or gzip file, unpacked. Error if unreadable, damaged, or longer than `limit`
// bytes unpacked.
std::vector<std::uint8_t> file_bytes(const std::filesystem::path& path, std::size_t limit);

}  // namespace citrine
