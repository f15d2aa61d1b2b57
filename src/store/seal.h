#pragma once
// The first bytes of every file of ours, as text: kind, version, size and the SHA-256 of the rest,
// checked before HDF5 sees the file.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "store/schema.h"

namespace citrine {

struct Seal {
  std::string schema;
  int version = 0;
  std::uint64_t size = 0;  // of the whole file, bytes
  std::string sha256;      // of everything behind the user block, hexadecimal
};

// Fills the user block at the start of `file`.
void seal(std::span<std::byte> file, const Schema& schema);
// Does it begin as a file of ours?
bool is_sealed(std::span<const std::byte> file);
// What the user block of a file says. Throws Error that names `where` if it is not one of ours.
Seal read_seal(std::span<const std::byte> file, const std::string& where);
// Throws Error that names `where` and what was expected unless `file` is whole and of this schema.
void check_seal(std::span<const std::byte> file, const Schema& schema, const std::string& where);

// Name of a file's schema, from its user block alone; Error if it is not one of ours.
std::string schema_of(const std::filesystem::path& path);

}  // namespace citrine
