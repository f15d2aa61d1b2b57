#pragma once
// Reads the CSV files of tests/golden: comments begin with '#', the first other line names the
// columns, no field is quoted.
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace citrine::testing {

class GoldenRow {
 public:
  GoldenRow(const std::vector<std::string>& columns, const std::string& line) {
    std::istringstream fields(line);
    for (const auto& column : columns) std::getline(fields, fields_[column], ',');
  }
  const std::string& text(const std::string& column) const { return fields_.at(column); }
  std::int64_t integer(const std::string& column) const { return std::stoll(text(column)); }

 private:
  std::map<std::string, std::string> fields_;
};

inline std::vector<GoldenRow> golden_table(const std::string& name) {
  std::ifstream file(std::string(CITRINE_SOURCE_DIR) + "/tests/golden/" + name);
  std::vector<std::string> columns;
  std::vector<GoldenRow> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    if (!columns.empty()) {
      rows.emplace_back(columns, line);
      continue;
    }
    std::istringstream fields(line);
    for (std::string column; std::getline(fields, column, ',');) columns.push_back(column);
  }
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

}  // namespace citrine::testing
