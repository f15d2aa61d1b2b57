#pragma once
// Names of groups that are numbered.
#include <cstddef>
#include <string>

namespace citrine {

// At least four digits: "0003".
inline std::string index_name(std::size_t index) {
  const auto digits = std::to_string(index);
  return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

}  // namespace citrine
