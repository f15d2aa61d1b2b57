#include "app/energy_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "energy_45nm.h"
#include "graph/graph_json.h"
#include "graph/printable.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

constexpr std::array<std::pair<std::string_view, double EnergyTable::*>, 4> kEnergies = {
    {{"add_32_bit_pj", &EnergyTable::add_32_bit_pj},
     {"shift_32_bit_pj", &EnergyTable::shift_32_bit_pj},
     {"multiply_8_bit_pj", &EnergyTable::multiply_8_bit_pj},
     {"dram_read_32_bit_pj", &EnergyTable::dram_read_32_bit_pj}}};

void check_keys(const nlohmann::json& json, const std::string& where) {
  if (!json.is_object()) throw Error(where, " must be an object, got ", json.type_name());
  std::vector<std::string_view> keys = {"source"};
  for (const auto& [key, member] : kEnergies) keys.push_back(key);
  for (const auto& [key, value] : json.items())
    if (std::ranges::count(keys, key) == 0)
      throw Error(where, ": ", unknown_name("key", printable(key), keys));
  for (const auto key : keys)
    if (!json.contains(key)) throw Error(where, " must have the key '", key, "'");
}

}  // namespace

EnergyTable energy_table(const nlohmann::json& json, const std::string& where) {
  check_keys(json, where);
  if (!json["source"].is_string())
    throw Error(where, ": 'source' must be a text, got ", json["source"].type_name());
  EnergyTable table{.source = json["source"].get<std::string>()};
  for (const auto& [key, member] : kEnergies) {
    const auto& value = json[key];
    if (!value.is_number())
      throw Error(where, ": '", key, "' must be a number, got ", value.type_name());
    if (!std::isfinite(value.get<double>()) || value.get<double>() < 0)
      throw Error(where, ": '", key, "' must be at least 0, got ", value.get<double>());
    table.*member = value.get<double>();
  }
  return table;
}

EnergyTable energy_table(const Options& options) {
  const auto path = options.text("energy");
  if (path.empty())
    return energy_table(parse_json(kEnergy45nm, "the built-in table"), "the built-in table");
  return energy_table(read_json(path), path);
}

}  // namespace citrine
