#include "app/target.h"

#include <unistd.h>

#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// Of a result that is taken over or replaced.
Origin origin_at(const fs::path& path) {
  try {
    return read_origin(path);
  } catch (const Error& error) {
    throw Error(error.what(), ": --overwrite replaces it");
  }
}

// The first one, empty if there is none; `there` may record more: what was found out on the way.
std::string origin_difference(const Origin& here, const Origin& there) {
  auto recorded = nlohmann::json::object();
  for (const auto& [name, value] : here.record.items())
    recorded[name] = there.record.value(name, nlohmann::json());
  for (const auto& found :
       {difference(here.config, there.config), difference(here.record, recorded),
        difference({{"seed", here.seed}}, {{"seed", there.seed}})})
    if (!found.empty()) return found;
  return {};
}

}  // namespace

void check_no_input(const fs::path& path, std::span<const std::string> inputs) {
  for (const auto& input : inputs)
    if (fs::exists(path) && fs::exists(input) && fs::equivalent(path, input))
      throw Error(input, " lies where the result would be written: --out must name another file");
}

void check_target(const fs::path& path, const Options& options) {
  if (fs::is_directory(path)) throw Error(path.string(), ": a result must be a file, is a folder");
  if (fs::exists(path) && !options.toggle("overwrite"))
    throw Error(path.string(), " exists: --overwrite replaces it");
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder)) throw Error(folder.string(), ": no such folder");
  if (access(folder.c_str(), W_OK) != 0)
    throw Error(folder.string(), ": the folder cannot be written to");
}

void check_target(const fs::path& path, const fs::path& leftover, const Options& options) {
  if (fs::is_directory(path)) check_target(path, options);
  if (!fs::exists(path) || !fs::exists(leftover)) check_target(path, options);
}

bool is_finished(const fs::path& path, const Origin& origin, const Options& options) {
  if (!fs::exists(path) || options.toggle("overwrite")) return false;
  const auto found = origin_difference(origin, origin_at(path));
  if (!found.empty())
    throw Error(path.string(), " exists, of another command (", found,
                "): --overwrite replaces it");
  return true;
}

}  // namespace citrine
