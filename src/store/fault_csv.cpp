#include "kernels/error.h"
#include "store/fault_table.h"
#include "store/located.h"

namespace citrine {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

// Quotes hold no others, as no value needs them.
std::string_view unquoted(std::string_view cell) {
  const bool is_quoted = cell.size() >= 2 && cell.front() == '"' && cell.back() == '"';
  return is_quoted ? cell.substr(1, cell.size() - 2) : cell;
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (;;) {
    const auto end = line.find(',');
    cells.push_back(unquoted(trimmed(line.substr(0, end))));
    if (end == std::string_view::npos) return cells;
    line.remove_prefix(end + 1);
  }
}

// Hands out the lines that hold something.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }
  bool next() {
    while (!rest_.empty()) {
      const auto end = rest_.find('\n');
      line_ = trimmed(rest_.substr(0, end));
      rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
      ++number_;
      if (!line_.empty() && line_.front() != '#') return true;
    }
    return false;
  }
  std::string_view line() const { return line_; }
  std::uint64_t number() const { return number_; }

 private:
  std::string_view rest_, line_;
  std::uint64_t number_ = 0;
};

// A null pointer for a column that is skipped.
using Columns = std::vector<std::pair<std::string_view, std::vector<std::uint64_t>*>>;

Columns columns_of(std::string_view head, FaultTable& table) {
  Columns columns;
  for (const auto name : cells_of(head)) {
    columns.emplace_back(name, nullptr);
    if (!is_fault_column(name)) continue;
    const auto [column, is_new] = table.columns.try_emplace(std::string(name));
    if (!is_new) throw Error("column '", name, "' must be there once");
    columns.back().second = &column->second;
  }
  return columns;
}

void add_line(std::string_view line, const Columns& columns, std::span<const std::string> layers) {
  const auto cells = cells_of(line);
  if (cells.size() != columns.size())
    throw Error("must have ", columns.size(), " values, got ", cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto& name = columns[i].first;
    auto* values = columns[i].second;
    if (values == nullptr) continue;
    values->push_back(cells[i].empty() ? FaultTable::kAbsent
                                       : located("column '" + std::string(name) + "'", [&] {
                                           return fault_value(name, cells[i], layers);
                                         }));
  }
}

}  // namespace

FaultTable parse_fault_csv(std::string_view text, const std::string& where,
                           std::span<const std::string> layers) {
  FaultTable table{.where = where};
  Lines lines(text);
  const auto here = [&] { return where + " line " + std::to_string(lines.number()); };
  if (!lines.next()) throw Error(where, ": must begin with a line of columns, got nothing");
  const auto columns = located(here(), [&] { return columns_of(lines.line(), table); });
  while (lines.next()) {
    located(here(), [&] { add_line(lines.line(), columns, layers); });
    table.lines.push_back(lines.number());
  }
  return table;
}

}  // namespace citrine
