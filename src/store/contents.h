#pragma once
// What an HDF5 file holds, as a value: arrays by path. HDF5 itself stays behind read and write.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace citrine {

using Values =
    std::variant<std::vector<std::int8_t>, std::vector<std::uint8_t>, std::vector<std::int16_t>,
                 std::vector<std::int32_t>, std::vector<std::uint32_t>, std::vector<std::int64_t>,
                 std::vector<std::uint64_t>, std::vector<float>, std::vector<double>,
                 std::vector<std::string>>;

struct Array {
  std::vector<std::uint64_t> shape;  // empty for a scalar
  Values values;                     // row-major, as many as the shape says
  bool is_compressed = false;
  bool operator==(const Array&) const = default;
};

// "uint8 [3, 4]", "text []".
std::string describe(const Array& array);

// Paths: "group/name" is a dataset, "group@name" an attribute of a group or dataset, "@name" one of
// the file. Each message of an Error names the file and the path.
class Contents {
 public:
  // `where`: the file's name, for messages.
  explicit Contents(std::string where) : where_(std::move(where)) {}

  // Replaces what is there. Throws Error unless the path is well-formed and the shape fits.
  void put(const std::string& path, Array array);
  template <class T>
  void put_list(const std::string& path, std::vector<T> values, bool is_compressed = false) {
    std::vector<std::uint64_t> shape = {values.size()};
    put(path, {std::move(shape), std::move(values), is_compressed});
  }
  template <class T>
  void put_scalar(const std::string& path, T value) {
    std::vector<T> values;
    values.push_back(std::move(value));
    put(path, {.shape = {}, .values = std::move(values), .is_compressed = false});
  }

  bool has(const std::string& path) const { return arrays_.contains(path); }
  // Throw Error if the path is absent or holds another type or number of dimensions.
  const Array& at(const std::string& path) const;
  template <class T>
  const std::vector<T>& list(const std::string& path) const {
    return typed<T>(path, 1);
  }
  template <class T>
  const T& scalar(const std::string& path) const {
    return typed<T>(path, 0).front();
  }
  // Names directly under a group, ascending, attributes left out.
  std::vector<std::string> children(const std::string& group) const;

  const std::map<std::string, Array>& arrays() const { return arrays_; }
  const std::string& where() const { return where_; }

 private:
  template <class T>
  const std::vector<T>& typed(const std::string& path, std::size_t dimensions) const {
    const auto& array = at(path);
    const auto* values = std::get_if<std::vector<T>>(&array.values);
    if (values == nullptr || array.shape.size() != dimensions)
      fail(path, {.shape = std::vector<std::uint64_t>(dimensions), .values = std::vector<T>()});
    return *values;
  }
  [[noreturn]] void fail(const std::string& path, const Array& expected) const;

  std::string where_;
  std::map<std::string, Array> arrays_;
};

}  // namespace citrine
