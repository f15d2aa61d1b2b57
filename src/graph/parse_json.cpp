// Reads JSON texts that may be hostile.
#include <array>
#include <fstream>
#include <set>

#include "graph/graph_json.h"
#include "graph/printable.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 64;
constexpr std::size_t kMostShown = 300;  // of what the parser says, which quotes the text

// Refuses before the parser builds anything: brackets outside of strings, counted.
void check_depth(std::string_view document, const std::string& where) {
  int depth = 0;
  bool is_string = false;
  for (std::size_t i = 0; i < document.size(); ++i) {
    const char c = document[i];
    if (is_string && c == '\\')
      ++i;
    else if (c == '"')
      is_string = !is_string;
    else if (!is_string && (c == '[' || c == '{') && ++depth > kMaxDepth)
      throw Error(where, ": JSON is nested deeper than ", kMaxDepth, " at byte ", i);
    else if (!is_string && (c == ']' || c == '}'))
      --depth;
  }
}

// Throws on a key that an object has twice.
class UniqueKeys {
 public:
  bool operator()(int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) keys_.emplace_back();
    if (event == json::parse_event_t::object_end) keys_.pop_back();
    if (event == json::parse_event_t::key && !keys_.back().insert(parsed.get<std::string>()).second)
      throw Error("the key '", printable(parsed.get<std::string>()),
                  "' appears twice in one object");
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;
};

// Piecewise, as a pipe has no size; stops once the text is too long.
std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) throw Error(path.string(), ": cannot be read");
  std::string document;
  std::array<char, 65536> piece;
  while (document.size() <= kMaxJsonBytes &&
         (file.read(piece.data(), piece.size()), file.gcount() > 0))
    document.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  return document;
}

}  // namespace

json parse_json(std::string_view document, const std::string& where) {
  if (document.size() > kMaxJsonBytes)
    throw Error(where, ": JSON must be at most 64 MiB, got ", document.size(), " bytes");
  check_depth(document, where);
  try {
    return json::parse(document, UniqueKeys{});
  } catch (const json::exception& error) {
    throw Error(where, ": not valid JSON: ", printable(error.what(), kMostShown));
  } catch (const Error& error) {
    throw Error(where, ": ", error.what());
  }
}

json read_json(const std::filesystem::path& path) {
  return parse_json(file_text(path), path.string());
}

Graph read_graph_json(const std::filesystem::path& path) {
  const auto object = read_json(path);
  try {
    return graph_from_json(object);
  } catch (const Error& error) {
    throw Error(path.string(), ": ", error.what());
  }
}

}  // namespace citrine
