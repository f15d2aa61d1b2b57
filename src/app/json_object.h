#pragma once
// Reads objects of configuration files, whose keys and kinds of values are all laid down.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace citrine {

// Throws Error that names `where` unless the value is an object of exactly these keys.
void check_keys(const nlohmann::json& json, std::span<const std::string_view> keys,
                const std::string& where);

// Errors name `where` and the key; the key is there.
std::string text_at(const nlohmann::json& json, const std::string& key, const std::string& where);
double number_at(const nlohmann::json& json, const std::string& key, const std::string& where);
std::int64_t integer_at(const nlohmann::json& json, const std::string& key,
                        const std::string& where);
bool boolean_at(const nlohmann::json& json, const std::string& key, const std::string& where);

}  // namespace citrine
