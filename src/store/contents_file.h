#pragma once
// Contents as a sealed HDF5 file.
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "store/contents.h"
#include "store/hdf5_image.h"
#include "store/schema.h"

namespace citrine {

// The file's bytes: user block and HDF5. Adds the schema's name and version as "@schema",
// "@version".
std::vector<std::byte> encode_contents(const Schema& schema, Contents contents);
// Throws Error that names `where` if the seal or a part of the file does not hold.
Contents decode_contents(std::span<const std::byte> file, const Schema& schema,
                         const std::string& where, const Wanted& wanted = {});

void write_contents(const std::filesystem::path& path, const Schema& schema, Contents contents);
Contents read_contents(const std::filesystem::path& path, const Schema& schema,
                       const Wanted& wanted = {});

}  // namespace citrine
