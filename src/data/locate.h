#pragma once
// Where a data set lies, and which one a folder or file is by its content.
#include <filesystem>
#include <string>

namespace citrine {

enum class Format { cifar, fashion_mnist, gtsrb };

struct Location {
  std::filesystem::path path;
  Format format;
};

// A catalogued name is looked for in the search folders, anything else is a path. Error that names
// what was expected.
Location locate(const std::string& name_or_path);

}  // namespace citrine
