#pragma once
// Text cut into words, and put together of them.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace citrine {

// Pieces between separators, none of them empty; they point into `text`.
inline std::vector<std::string_view> words(std::string_view text, char separator = ' ') {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (end != 0) found.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return found;
}

inline std::string join(const auto& parts, std::string_view separator) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

// "weight_memory" -> "weight memory"
inline std::string spaced(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

}  // namespace citrine
