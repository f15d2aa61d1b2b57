#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "kernels/error.h"

namespace citrine {
namespace {

using Unit = std::vector<std::uint32_t>;  // images that stay together

// Units of each class, in the order of their first image; a group counts for the class of that
// image.
std::vector<std::vector<Unit>> units_by_class(const ImageSet& set) {
  std::vector<std::vector<Unit>> units(static_cast<std::size_t>(set.classes));
  std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> place;
  for (std::uint32_t i = 0; i < set.labels.size(); ++i) {
    const std::size_t label = set.labels[i];
    if (label >= units.size())
      throw Error("labels must be below ", set.classes, ", image ", i, " has ", label);
    const std::uint32_t group = set.groups.empty() ? i : set.groups[i];
    const auto [found, is_new] = place.try_emplace(group, label, units[label].size());
    if (is_new) units[label].emplace_back();
    units[found->second.first][found->second.second].push_back(i);
  }
  return units;
}

// Takes units in random order while that brings the count nearer to the share; each side gets at
// least one of two.
void divide(const std::vector<Unit>& units, double share, Key key, Split& result) {
  double total = 0, taken = 0;
  for (const Unit& unit : units) total += static_cast<double>(unit.size());
  const Permutation order(key, std::max<std::uint64_t>(units.size(), 1));
  std::size_t units_taken = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const Unit& unit = units[order(i)];
    const double size = static_cast<double>(unit.size()), target = share * total;
    const bool nearer = std::abs(taken + size - target) < std::abs(taken - target);
    const bool needed = units_taken == 0 && i + 1 == units.size() && units.size() > 1;
    const bool takes =
        (nearer || needed) && units_taken + 1 < std::max<std::size_t>(units.size(), 2);
    auto& side = takes ? result.validation : result.train;
    side.insert(side.end(), unit.begin(), unit.end());
    taken += takes ? size : 0;
    units_taken += takes ? 1 : 0;
  }
}

}  // namespace

Split split(const ImageSet& set, double share, Key key) {
  if (!(share > 0 && share < 1))
    throw Error("share of a split must be between 0 and 1, got ", share);
  if (!set.groups.empty() && set.groups.size() != set.labels.size())
    throw Error("groups must be given for ", set.count(), " images, got ", set.groups.size());
  Split result;
  const auto units = units_by_class(set);
  for (std::size_t c = 0; c < units.size(); ++c) divide(units[c], share, split(key, c), result);
  std::sort(result.train.begin(), result.train.end());
  std::sort(result.validation.begin(), result.validation.end());
  return result;
}

std::vector<std::uint32_t> sample(const ImageSet& set, std::int64_t count, Key key) {
  if (count < 0 || count > set.count())
    throw Error("a sample of images must have at most all ", set.count(), ", got ", count);
  std::vector<std::uint32_t> drawn;
  if (count == 0) return drawn;
  const Permutation order(key, static_cast<std::uint64_t>(set.count()));
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i)
    drawn.push_back(static_cast<std::uint32_t>(order(i)));
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace citrine
