#include "store/contents.h"

#include <algorithm>
#include <array>

#include "kernels/error.h"

namespace citrine {
namespace {

// In the order of Values.
constexpr std::array<std::string_view, std::variant_size_v<Values>> kTypeNames = {
    "int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "float32", "float64", "text"};

std::size_t count(const Values& values) {
  return std::visit([](const auto& list) { return list.size(); }, values);
}

std::string_view type_name(const Values& values) { return kTypeNames[values.index()]; }

// "" is the file itself.
bool is_object_path(std::string_view path) {
  if (path.empty()) return true;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto name = path.substr(begin, end - begin);
    if (name.empty() || name == ".") return false;
    begin = end + 1;
  }
  return true;
}

bool is_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  const auto at = path.find('@');
  if (at == std::string_view::npos) return !path.empty() && is_object_path(path);
  const auto name = path.substr(at + 1);
  return is_object_path(path.substr(0, at)) && !name.empty() &&
         name.find('@') == std::string_view::npos;
}

}  // namespace

std::string describe(const Array& array) {
  std::string text = std::string(type_name(array.values)) + " [";
  for (const auto extent : array.shape)
    text += (text.ends_with('[') ? "" : ", ") + std::to_string(extent);
  return text + "]";
}

void Contents::put(const std::string& path, Array array) {
  if (!is_path(path)) throw Error(where_, ": '", path, "' cannot name a part of a file");
  std::size_t expected = 1;
  for (const auto extent : array.shape) expected *= extent;
  if (count(array.values) != expected)
    throw Error(where_, ": ", path, " must hold ", expected, " values, got ", count(array.values));
  arrays_[path] = std::move(array);
}

const Array& Contents::at(const std::string& path) const {
  const auto found = arrays_.find(path);
  if (found == arrays_.end()) throw Error(where_, ": ", path, " is missing");
  return found->second;
}

std::vector<std::string> Contents::children(const std::string& group) const {
  const auto prefix = group + "/";
  std::vector<std::string> names;
  for (auto entry = arrays_.lower_bound(prefix);
       entry != arrays_.end() && entry->first.starts_with(prefix); ++entry) {
    const auto rest = std::string_view(entry->first).substr(prefix.size());
    names.emplace_back(rest.substr(0, rest.find_first_of("/@")));
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void Contents::fail(const std::string& path, const Array& expected) const {
  constexpr std::array<std::string_view, 2> kKinds = {"one ", "a list of "};
  throw Error(where_, ": ", path, " must be ", kKinds.at(expected.shape.size()),
              type_name(expected.values), ", got ", describe(at(path)));
}

}  // namespace citrine
