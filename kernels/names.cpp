#include "kernels/names.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "kernels/error.h"

namespace citrine {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char letter : a) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substitution = diagonal + (letter == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substitution, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates) {
  const auto distance = [&](std::string_view candidate) { return edit_distance(name, candidate); };
  const auto best = std::ranges::min_element(candidates, {}, distance);
  return best == candidates.end() ? std::string_view{} : *best;
}

std::string unknown_name(std::string_view what, std::string_view name,
                         std::span<const std::string_view> candidates) {
  constexpr std::size_t kMost = 64;
  const auto* rest = name.size() > kMost ? "..." : "";
  std::string text =
      "unknown " + std::string(what) + " '" + std::string(name.substr(0, kMost)) + rest + "'";
  if (candidates.empty()) return text;
  text += ": did you mean '" + std::string(nearest_name(name, candidates)) + "'? (";
  for (const auto candidate : candidates)
    text += (candidate == candidates.front() ? "" : ", ") + std::string(candidate);
  return text + ")";
}

std::size_t index_of_name(std::string_view what, std::string_view name,
                          std::span<const std::string_view> names) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) throw Error(unknown_name(what, name, names));
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace citrine
