#include "app/json_object.h"

#include <algorithm>
#include <limits>

#include "graph/printable.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

[[noreturn]] void refuse(const nlohmann::json& value, const std::string& key, const char* kind,
                         const std::string& where) {
  throw Error(where, ": '", key, "' must be ", kind, ", got ",
              value.is_number() ? value.dump() : value.type_name());
}

}  // namespace

void check_keys(const nlohmann::json& json, std::span<const std::string_view> keys,
                const std::string& where) {
  if (!json.is_object()) throw Error(where, " must be an object, got ", json.type_name());
  for (const auto& [key, value] : json.items())
    if (std::ranges::count(keys, key) == 0)
      throw Error(where, ": ", unknown_name("key", printable(key), keys));
  for (const auto key : keys)
    if (!json.contains(key)) throw Error(where, " must have the key '", key, "'");
}

std::string text_at(const nlohmann::json& json, const std::string& key, const std::string& where) {
  const auto& value = json.at(key);
  if (!value.is_string()) refuse(value, key, "a text", where);
  auto text = value.get<std::string>();
  if (std::ranges::any_of(text, [](unsigned char c) { return c < 32 || c == 127; }))
    throw Error(where, ": '", key, "' must have no control characters");
  return text;
}

double number_at(const nlohmann::json& json, const std::string& key, const std::string& where) {
  const auto& value = json.at(key);
  if (!value.is_number()) refuse(value, key, "a number", where);
  return value.get<double>();
}

std::int64_t integer_at(const nlohmann::json& json, const std::string& key,
                        const std::string& where) {
  const auto& value = json.at(key);
  const bool is_within = value.is_number_integer() &&
                         (!value.is_number_unsigned() ||
                          value.get<std::uint64_t>() <=
                              static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  if (!is_within) refuse(value, key, "an integer", where);
  return value.get<std::int64_t>();
}

bool boolean_at(const nlohmann::json& json, const std::string& key, const std::string& where) {
  const auto& value = json.at(key);
  if (!value.is_boolean()) refuse(value, key, "true or false", where);
  return value.get<bool>();
}

}  // namespace citrine
