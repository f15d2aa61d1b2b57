#pragma once
// `citrine merge`.
#include <filesystem>
#include <span>

#include "app/options.h"

namespace citrine {

// Writes what the shards add up to as --out, and prints it.
void merge(std::span<const std::filesystem::path> shards, const Options& options);

}  // namespace citrine
