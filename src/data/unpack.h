#pragma once
// Archives (tar, zip; any compression that libarchive knows) into a folder, and never beside it.
#include <filesystem>

namespace citrine {

// Unpacks files and folders. Error names the archive if it is damaged or holds an absolute path,
// "..", a link or a device; `folder` may then be half filled.
void unpack(const std::filesystem::path& archive, const std::filesystem::path& folder);

}  // namespace citrine
