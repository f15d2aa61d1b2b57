#pragma once
// Files that are never half there: written beside, synced, renamed.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace citrine {

// Writes `path` through ".<name>.<process>.partial" beside it, which `write` creates; it is synced
// and renamed, then the folder is synced. On failure the file beside is removed, an old `path`
// stays as it was, and Error says why; what a killed process left beside `path` goes with the next
// write. Refuses a `path` that is there and no regular file.
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(const std::filesystem::path&)>& write);
void write_bytes(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_text(const std::filesystem::path& path, std::string_view text);

// Throws Error if the file cannot be read or has over `max_bytes`.
std::vector<std::byte> read_bytes(const std::filesystem::path& path, std::uint64_t max_bytes);
std::string read_text(const std::filesystem::path& path,
                      std::uint64_t max_bytes = std::uint64_t{64} << 20);

// Removes what killed processes left half written under `folder`. Only for who holds its RunLock.
void remove_partial_files(const std::filesystem::path& folder);

}  // namespace citrine
