#include "store/fault_table.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "faultsim/fault.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

// The first of them say what a list is, the others what its trials gave in a campaign.
constexpr std::array<std::string_view, 15> kColumns = {
    "site",  "layer", "element", "step",  "bit",          "width",        "effect",      "value",
    "image", "trial", "outcome", "flags", "golden_class", "faulty_class", "logit_change"};
constexpr std::size_t kFaultColumns = 10;

bool is_number(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = code == std::errc{} && end == text.data() + text.size();
  if (!is_whole || value == FaultTable::kAbsent)
    throw Error("must be a whole number, got '", text.substr(0, 64), "'");
  return value;
}

std::uint64_t layer_of(std::string_view text, std::span<const std::string> layers) {
  if (is_number(text)) return number(text);
  const std::vector<std::string_view> names(layers.begin(), layers.end());
  return index_of_name("layer", text, names);
}

}  // namespace

std::uint64_t FaultTable::at(std::string_view column, std::size_t row) const {
  const auto found = columns.find(column);
  return found == columns.end() ? kAbsent : found->second[row];
}

std::string FaultTable::place(std::size_t row) const {
  return lines.empty() ? where + " row " + std::to_string(row)
                       : where + " line " + std::to_string(lines[row]);
}

bool is_fault_column(std::string_view name) {
  return index_of_name("column", name, kColumns) < kFaultColumns;
}

std::uint64_t fault_value(std::string_view column, std::string_view text,
                          std::span<const std::string> layers) {
  if (column == "site") return static_cast<std::uint64_t>(site(text));
  if (column == "effect") return static_cast<std::uint64_t>(effect(text));
  return column == "layer" ? layer_of(text, layers) : number(text);
}

}  // namespace citrine
