#include <iostream>

#include <spdlog/fmt/fmt.h>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/log.h"
#include "app/progress.h"
#include "data/catalog.h"
#include "kernels/error.h"

namespace citrine {
namespace {

// What of it is on this machine, which may be less than what was published, or what is wrong with
// the first file that is not whole.
std::string state_of(const std::string& name) {
  try {
    const auto files = check_dataset(name);
    for (const auto& file : files)
      if (!file.problem.empty()) return file.path.string() + ": " + file.problem;
    const auto folder = files.front().path.parent_path();
    return fmt::format("here: {} whole files, the first in {}", files.size(), folder.string());
  } catch (const Error& error) {
    return error.what();
  }
}

void list_datasets() {
  for (const auto& entry : catalog()) {
    std::cout << fmt::format("{:<15}as published: {}\n{:<15}{}\n", entry.name, entry.description,
                             "", state_of(entry.name));
    if (!entry.package.empty())
      std::cout << fmt::format("{:<15}Debian package {}\n", "", entry.package);
  }
}

void check_files(const std::string& name) {
  std::size_t broken = 0, total = 0;
  for (const auto& file : check_dataset(name)) {
    std::cout << file.path.string() << ": " << (file.problem.empty() ? "whole" : file.problem)
              << '\n';
    broken += file.problem.empty() ? 0 : 1;
    ++total;
  }
  if (broken > 0) throw Error(name, ": ", broken, " of ", total, " files are missing or damaged");
}

void fetch_dataset(const std::string& name, const Options& options) {
  const auto& entry = catalog_entry(name);
  Progress progress("fetch " + entry.name);
  FetchOptions settings;
  settings.folder = options.text("folder");
  if (settings.folder.empty()) settings.folder = search_folders().front();
  settings.progress = [&](std::string_view file, std::int64_t done, std::int64_t total) {
    progress.update(done, total, file);
    check_interrupt();
  };
  fetch(entry, settings);
  spdlog::info("{} is in {}", name, settings.folder.string());
}

}  // namespace

void run_data(const Options& options) {
  const auto& arguments = options.arguments();
  const auto& action = arguments.front();
  if (action == "list") return list_datasets();
  if (action == "check") return check_files(arguments[1]);
  fetch_dataset(arguments[1], options);
}

}  // namespace citrine
