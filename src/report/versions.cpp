#include "report/versions.h"

#include <nlohmann/json.hpp>

namespace citrine {

std::vector<std::pair<std::string, std::string>> library_versions() {
  const auto json = std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "." +
                    std::to_string(NLOHMANN_JSON_VERSION_MINOR) + "." +
                    std::to_string(NLOHMANN_JSON_VERSION_PATCH);
  return {{"citrine", CITRINE_VERSION}, {"compiler", __VERSION__}, {"nlohmann-json", json}};
}

}  // namespace citrine
