#include "app/target.h"

#include <unistd.h>

#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// `there` may record more: what was found out on the way.
bool has_origin(const Origin& there, const Origin& origin) {
  if (there.config != origin.config || there.seed != origin.seed) return false;
  for (const auto& [name, value] : origin.record.items())
    if (there.record.value(name, nlohmann::json()) != value) return false;
  return true;
}

}  // namespace

void check_target(const fs::path& path, const Options& options) {
  if (fs::exists(path) && !options.toggle("overwrite"))
    throw Error(path.string(), " exists: --overwrite replaces it");
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder)) throw Error(folder.string(), ": no such folder");
  if (access(folder.c_str(), W_OK) != 0)
    throw Error(folder.string(), ": the folder cannot be written to");
}

void check_target(const fs::path& path, const fs::path& leftover, const Options& options) {
  if (!fs::exists(path) || !fs::exists(leftover)) check_target(path, options);
}

bool is_finished(const fs::path& path, const Origin& origin, const Options& options) {
  if (!fs::exists(path) || options.toggle("overwrite")) return false;
  if (!has_origin(read_origin(path), origin)) check_target(path, options);
  return true;
}

}  // namespace citrine
