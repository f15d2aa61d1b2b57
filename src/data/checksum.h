#pragma once
// Checksums, written "md5:<hex>" or "sha256:<hex>".
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace citrine {

// SHA-256 of bytes in memory, "sha256:<hex>".
std::string checksum(std::span<const std::uint8_t> bytes);

// Checksum of the file by `algorithm`, md5 or sha256, with that name before it.
std::string checksum(const std::filesystem::path& path, const std::string& algorithm);
// Error that names the file, the checksum expected and the one found.
void verify_checksum(const std::filesystem::path& path, const std::string& expected);

}  // namespace citrine
