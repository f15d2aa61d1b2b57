#pragma once
// JSON as a text of a file.
#include <string>

#include <nlohmann/json.hpp>

#include "store/contents.h"

namespace citrine {

// Throws Error that names `path` if a text in the JSON is no UTF-8 or a reader would refuse it.
void put_json(Contents& contents, const std::string& path, const nlohmann::json& json);
nlohmann::json json_at(const Contents& contents, const std::string& path);

// First difference of two that are not equal: "settings/seed is 1, here 2", `other` being "here".
std::string json_difference(const nlohmann::json& one, const nlohmann::json& two,
                            const std::string& other);

}  // namespace citrine
