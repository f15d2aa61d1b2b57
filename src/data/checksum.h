#pragma once
// Checksums of files, written "md5:<hex>" or "sha256:<hex>".
#include <filesystem>
#include <string>

namespace citrine {

// Checksum of the file by `algorithm`, md5 or sha256, with that name before it.
std::string checksum(const std::filesystem::path& path, const std::string& algorithm);
// Error that names the file, the checksum expected and the one found.
void verify_checksum(const std::filesystem::path& path, const std::string& expected);

}  // namespace citrine
