#pragma once
// The file that a command writes.
#include <filesystem>
#include <span>
#include <string>

#include "app/options.h"
#include "store/origin.h"

namespace citrine {

// Throws Error if `path` is one of `inputs`, which a result must not replace.
void check_no_input(const std::filesystem::path& path, std::span<const std::string> inputs);

// Throws Error unless `path` can be written: it is not there, or --overwrite is given, and its
// folder takes files.
void check_target(const std::filesystem::path& path, const Options& options);

// The same for a result that grows in `leftover`: while that is there, a process may have been
// killed between writing the one and removing the other, which is_finished tells.
void check_target(const std::filesystem::path& path, const std::filesystem::path& leftover,
                  const Options& options);

// Whether `path` is there as the result of `origin`. Throws Error with the first difference if it
// is another result that must not be overwritten.
bool is_finished(const std::filesystem::path& path, const Origin& origin, const Options& options);

}  // namespace citrine
