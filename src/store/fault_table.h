#pragma once
// Faults as a table, before they are checked against a network: columns of numbers by name, read
// from comma-separated values or HDF5.
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/contents.h"

namespace citrine {

struct FaultTable {
  static constexpr std::uint64_t kAbsent = ~std::uint64_t{0};  // a cell without a value

  std::string where;  // the file's name, for messages
  // All of one length. Of sites and effects their codes, of layers their indices.
  std::map<std::string, std::vector<std::uint64_t>, std::less<>> columns = {};
  std::vector<std::uint64_t> lines = {};  // of comma-separated values, in the file; else empty

  bool has(std::string_view column) const { return columns.contains(column); }
  std::size_t rows() const { return columns.empty() ? 0 : columns.begin()->second.size(); }
  // kAbsent if there is no such column.
  std::uint64_t at(std::string_view column, std::size_t row) const;
  // "list.csv line 7", "list.h5 row 7".
  std::string place(std::size_t row) const;
};

// Throw Error that names place and column for a column that is missing, unknown or there twice and
// for a value that is none of its column's. Columns of outcomes are skipped.

// A line of names, then one a fault; lines that are empty or begin with # are none.
FaultTable parse_fault_csv(std::string_view text, const std::string& where,
                           std::span<const std::string> layers);
// Datasets of the columns' names, or those of a campaign's rows.
FaultTable fault_table_from(const Contents& contents, std::span<const std::string> layers);

// Is it a column whose values are kept? Throws Error for one that no list has.
bool is_fault_column(std::string_view name);
// The value that a text stands for. Throws Error if it is none of the column's.
std::uint64_t fault_value(std::string_view column, std::string_view text,
                          std::span<const std::string> layers);

}  // namespace citrine
