#include "lower/scheme_file.h"

#include <nlohmann/json.hpp>

#include "graph/graph_json.h"
#include "kernels/error.h"

namespace citrine {
namespace {

Scheme scheme_of(const nlohmann::json& json, const std::string& where) {
  if (!json.is_string()) throw Error(where, " must be the text of a scheme, got ", json.dump());
  try {
    return scheme(json.get_ref<const std::string&>());
  } catch (const Error& error) {
    throw Error(where, ": ", error.what());
  }
}

}  // namespace

void read_schemes(const std::filesystem::path& path, LowerSettings& settings) {
  const auto where = path.string();
  const auto json = read_json(path);
  if (!json.is_object() || !json.contains("scheme"))
    throw Error(where, ": must be an object with a key 'scheme'");
  for (const auto& [key, value] : json.items())
    if (key != "scheme" && key != "layers")
      throw Error(where, ": must have the keys 'scheme' and 'layers' only, got '", key, "'");
  settings.scheme = scheme_of(json["scheme"], where + ": 'scheme'");
  const auto layers = json.value("layers", nlohmann::json::object());
  if (!layers.is_object()) throw Error(where, ": 'layers' must be an object");
  for (const auto& [name, value] : layers.items())
    settings.layer_schemes[name] = scheme_of(value, where + ": layer '" + name + "'");
}

}  // namespace citrine
