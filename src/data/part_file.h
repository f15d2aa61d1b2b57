#pragma once
// One file of a data set, for a check.
#include <filesystem>
#include <functional>

namespace citrine {

struct PartFile {
  std::filesystem::path path;
  std::function<void()> read;  // throws Error if the file is not whole
};

}  // namespace citrine
