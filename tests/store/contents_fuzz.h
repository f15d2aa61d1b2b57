#pragma once
// What a reader must stand: any bytes, and, behind a seal that holds, any contents.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "kernels/error.h"
#include "store/contents_file.h"

namespace citrine::testing {

template <class T>
T any_value(FuzzedDataProvider& input) {
  if constexpr (std::is_same_v<T, std::string>)
    return input.ConsumeRandomLengthString(1 << 12);
  else if constexpr (std::is_floating_point_v<T>)
    return input.ConsumeFloatingPoint<T>();
  else
    return input.ConsumeIntegral<T>();
}

// One value changed, or all of them of another number, type or shape.
inline Array any_array(FuzzedDataProvider& input, Array array) {
  if (input.ConsumeBool()) array.values = Values();
  const auto change = [&]<class T>(std::vector<T>& list) {
    if (input.ConsumeBool()) list.resize(input.ConsumeIntegralInRange<std::size_t>(0, 64));
    if (!list.empty())
      list[input.ConsumeIntegralInRange<std::size_t>(0, list.size() - 1)] = any_value<T>(input);
    if (input.ConsumeBool()) array.shape = {list.size()};
    if (list.size() == 1 && input.ConsumeBool()) array.shape = {};
  };
  std::visit(change, array.values);
  return array;
}

// The text of a JSON with one byte changed; it reaches further than random text.
inline Array changed_text(FuzzedDataProvider& input, Array array) {
  auto* texts = std::get_if<std::vector<std::string>>(&array.values);
  if (texts == nullptr || texts->empty() || texts->front().empty()) return array;
  auto& text = texts->front();
  const auto place = input.ConsumeIntegralInRange<std::size_t>(0, text.size() - 1);
  text.replace(place, input.ConsumeIntegralInRange<std::size_t>(0, 8),
               input.ConsumeRandomLengthString(16));
  return array;
}

inline Contents any_contents(FuzzedDataProvider& input, const Contents& valid) {
  Contents contents(valid.where());
  const auto count = valid.arrays().size();
  const auto first = input.ConsumeIntegralInRange<std::size_t>(0, count - 1);
  const auto second = input.ConsumeIntegralInRange<std::size_t>(0, count - 1);
  std::size_t index = 0;
  for (const auto& [path, array] : valid.arrays()) {
    const bool is_changed = index == first || index == second;
    ++index;
    if (!is_changed)
      contents.put(path, array);
    else if (input.ConsumeBool())
      contents.put(path, any_array(input, array));
    else if (input.ConsumeBool())
      contents.put(path, changed_text(input, array));
  }
  if (input.ConsumeBool())
    contents.put(input.ConsumeRandomLengthString(40),
                 {.shape = {1}, .values = std::vector<float>(1)});
  return contents;
}

// Bit for bit, as no number equals itself if it is none; how it is stored does not count.
inline bool is_same(const Array& a, const Array& b) {
  return a.shape == b.shape && a.values.index() == b.values.index() &&
         std::visit(
             [&]<class T>(const std::vector<T>& list) {
               const auto& other = std::get<std::vector<T>>(b.values);
               if constexpr (std::is_same_v<T, std::string>)
                 return list == other;
               else
                 return std::ranges::equal(std::as_bytes(std::span(list)),
                                           std::as_bytes(std::span(other)));
             },
             a.values);
}

inline void require_same(const Contents& a, const Contents& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.first == y.first && is_same(x.second, y.second);
  };
  if (!std::ranges::equal(a.arrays(), b.arrays(), same)) std::abort();
}

// What is accepted is a fixed point: read, written and read again, it is the same.
template <class Copy>
void check_accepted(const Contents& contents, const Copy& copy) {
  const auto once = copy(contents);
  require_same(copy(once), once);
}

inline void check_image(const Contents& contents) {
  require_same(hdf5_contents(hdf5_image(contents), contents.where()), contents);
}

// `copy`: reads contents as a file of `schema` and gives the contents that it would write.
template <class Copy>
void fuzz_reader(std::span<const std::uint8_t> bytes, const Schema& schema, const Contents& valid,
                 const Copy& copy) {
  try {
    if (bytes.empty()) return;
    FuzzedDataProvider input(bytes.data(), bytes.size());
    const auto way = input.ConsumeIntegralInRange<int>(0, 9);
    if (way == 0) {
      const auto raw = std::as_bytes(bytes.subspan(1));
      check_accepted(decode_contents(raw, schema, valid.where()), copy);
      return;
    }
    const auto contents = any_contents(input, valid);
    if (way == 1) check_image(contents);
    check_accepted(contents, copy);
  } catch (const Error&) {
    // Refused in one sentence, as it should be.
  }
}

}  // namespace citrine::testing
