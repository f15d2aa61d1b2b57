#pragma once
// Tables in files: one list a column, all of one length.
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/error.h"
#include "store/contents.h"

namespace citrine {

// One column of `rows`: field(row) as T.
template <class T, class Row, class Field>
std::vector<T> column(const std::vector<Row>& rows, const Field& field) {
  std::vector<T> values;
  values.reserve(rows.size());
  for (const auto& row : rows) values.push_back(static_cast<T>(field(row)));
  return values;
}

// Sets a field of every row: set(row, value). Throws Error unless the column has a value a row.
template <class T, class Row, class Set>
void fill_column(std::vector<Row>& rows, const Contents& contents, const std::string& path,
                 const Set& set) {
  const auto& values = contents.list<T>(path);
  if (values.size() != rows.size())
    throw Error(contents.where(), ": ", path, " must have ", rows.size(), " values, got ",
                values.size());
  for (std::size_t i = 0; i < rows.size(); ++i) set(rows[i], values[i]);
}

template <class Row, class Field>
using FieldType = std::decay_t<std::invoke_result_t<const Field&, Row&>>;

// For functions that call visit(name, field) for each plain number of a row, so that reading and
// writing share the names.
template <class Row>
auto put_columns(Contents& contents, const std::string& group, const std::vector<Row>& rows,
                 bool is_compressed) {
  return [&contents, group, &rows, is_compressed](const std::string& name, const auto& field) {
    using T = FieldType<const Row, std::decay_t<decltype(field)>>;
    contents.put_list(group + "/" + name, column<T>(rows, field), is_compressed);
  };
}
template <class Row>
auto fill_columns(const Contents& contents, const std::string& group, std::vector<Row>& rows) {
  return [&contents, group, &rows](const std::string& name, const auto& field) {
    using T = FieldType<Row, std::decay_t<decltype(field)>>;
    fill_column<T>(rows, contents, group + "/" + name,
                   [&](Row& row, T value) { field(row) = value; });
  };
}

// Names of an enumeration's values, so that readers need no table of their own.
template <class Enum>
std::vector<std::string> names(int count) {
  std::vector<std::string> list;
  list.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) list.emplace_back(name_of(static_cast<Enum>(i)));
  return list;
}

template <class Enum>
Enum checked(std::uint8_t code, int count, const std::string& path) {
  if (code >= count) throw Error(path, " must be below ", count, ", got ", int{code});
  return static_cast<Enum>(code);
}

// A column of an enumeration's codes, with the names of the codes.
template <class Enum>
void put_codes(Contents& contents, const std::string& path, std::vector<std::uint8_t> codes,
               int count, bool is_compressed = true) {
  contents.put_list(path, std::move(codes), is_compressed);
  contents.put_list(path + "@names", names<Enum>(count));
}

template <class Enum, class Row, class Field>
void fill_codes(std::vector<Row>& rows, const Contents& contents, const std::string& path,
                int count, const Field& field) {
  fill_column<std::uint8_t>(rows, contents, path, [&](Row& row, std::uint8_t code) {
    field(row) = checked<Enum>(code, count, path);
  });
}

}  // namespace citrine
