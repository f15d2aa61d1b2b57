#include <concepts>
#include <type_traits>

#include "faultsim/fault.h"
#include "kernels/error.h"
#include "store/fault_table.h"
#include "store/located.h"

namespace citrine {
namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers numbers_of(const std::vector<std::string>& texts, const std::string& column,
                   std::span<const std::string> layers, const FaultTable& table) {
  Numbers numbers;
  numbers.reserve(texts.size());
  for (const auto& text : texts)
    numbers.push_back(located(table.place(numbers.size()) + ": column '" + column + "'",
                              [&] { return fault_value(column, text, layers); }));
  return numbers;
}

template <std::integral T>
Numbers numbers_of(const std::vector<T>& values, const std::string& column,
                   std::span<const std::string>, const FaultTable& table) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] < T{0})
      throw Error(table.place(i), ": column '", column, "' must be at least 0, got ",
                  std::int64_t(values[i]));
  return {values.begin(), values.end()};
}

template <std::floating_point T>
Numbers numbers_of(const std::vector<T>&, const std::string& column, std::span<const std::string>,
                   const FaultTable& table) {
  throw Error(table.where, ": column '", column, "' must hold whole numbers or texts");
}

// What a dataset's codes stand for, if it says so, else ours.
Numbers codes_of(Numbers codes, const std::string& column, const Contents& contents,
                 const std::string& path, const FaultTable& table) {
  std::vector<std::string> names;
  for (int i = 0; column == "site" && i < kSites; ++i)
    names.emplace_back(name_of(static_cast<Site>(i)));
  for (int i = 0; column == "effect" && i < kEffects; ++i)
    names.emplace_back(name_of(static_cast<Effect>(i)));
  if (names.empty()) return codes;
  if (contents.has(path + "@names")) names = contents.list<std::string>(path + "@names");
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto where = table.place(i) + ": column '" + column + "'";
    if (codes[i] >= names.size())
      throw Error(where, " must be below ", names.size(), ", got ", codes[i]);
    codes[i] = located(where, [&] { return fault_value(column, names[codes[i]], {}); });
  }
  return codes;
}

Numbers column_of(const Contents& contents, const std::string& path, const std::string& column,
                  std::span<const std::string> layers, const FaultTable& table) {
  const auto& array = contents.at(path);
  if (array.shape.size() != 1)
    throw Error(table.where, ": ", path, " must be a list, got ", describe(array));
  auto numbers = std::visit(
      [&](const auto& values) { return numbers_of(values, column, layers, table); }, array.values);
  if (std::holds_alternative<std::vector<std::string>>(array.values)) return numbers;
  return codes_of(std::move(numbers), column, contents, path, table);
}

// Datasets, without groups and attributes.
std::vector<std::string> names_under(const Contents& contents, const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& [path, array] : contents.arrays())
    if (path.starts_with(prefix) && path.find_first_of("/@", prefix.size()) == std::string::npos)
      names.push_back(path.substr(prefix.size()));
  return names;
}

}  // namespace

FaultTable fault_table_from(const Contents& contents, std::span<const std::string> layers) {
  FaultTable table{.where = contents.where()};
  if (contents.has("further_faults/row"))
    throw Error(table.where,
                ": a list has a row for each fault; several of one trial share their number in a "
                "column 'trial'");
  const std::string prefix = contents.has("rows/site") ? "rows/" : "";
  for (const auto& name : names_under(contents, prefix)) {
    if (!located(table.where, [&] { return is_fault_column(name); })) continue;
    auto numbers = column_of(contents, prefix + name, name, layers, table);
    if (!table.columns.empty() && numbers.size() != table.rows())
      throw Error(table.where, ": column '", name, "' must have ", table.rows(),
                  " values as the others, got ", numbers.size());
    table.columns.emplace(name, std::move(numbers));
  }
  return table;
}

}  // namespace citrine
