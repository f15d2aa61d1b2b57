#pragma once
// Which scheme each layer has, from a file; docs/format.md, "Scheme file".
#include <filesystem>

#include "lower/lower_settings.h"

namespace citrine {

// Sets the scheme and the layers' schemes. Throws Error that names the file and what is wrong with
// it.
void read_schemes(const std::filesystem::path& path, LowerSettings& settings);

}  // namespace citrine
