#pragma once
// Versions of the program and of the libraries that results depend on.
#include <string>
#include <utility>
#include <vector>

namespace citrine {

std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace citrine
