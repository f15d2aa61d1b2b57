#pragma once
// Tables in files: one list a column, all of one length.
#include <cstddef>
#include <string>
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

}  // namespace citrine
