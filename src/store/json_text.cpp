#include "store/json_text.h"

#include "graph/graph_json.h"
#include "kernels/error.h"

namespace citrine {

void put_json(Contents& contents, const std::string& path, const nlohmann::json& json) {
  const auto place = contents.where() + ": " + path;
  std::string text;
  try {
    text = json.dump();
  } catch (const nlohmann::json::exception&) {
    throw Error(place, " must be UTF-8");
  }
  parse_json(text, place);
  contents.put_scalar(path, std::move(text));
}

nlohmann::json json_at(const Contents& contents, const std::string& path) {
  return parse_json(contents.scalar<std::string>(path), contents.where() + ": " + path);
}

std::string json_difference(const nlohmann::json& one, const nlohmann::json& two,
                            const std::string& other) {
  const auto changes = nlohmann::json::diff(one, two);
  if (changes.empty()) return "its settings are written differently";
  nlohmann::json::json_pointer place(changes[0].at("path").get<std::string>());
  // What is added to the end of a list has no place of its own.
  if (!place.empty() && place.back() == "-") place.pop_back();
  const auto value = [&](const nlohmann::json& json) {
    return json.contains(place) ? json.at(place).dump() : std::string("absent");
  };
  return place.to_string().substr(1) + " is " + value(one) + ", " + other + " " + value(two);
}

}  // namespace citrine
