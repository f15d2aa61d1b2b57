#include "app/energy_file.h"

#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "app/built_in_files.h"
#include "app/json_object.h"
#include "graph/graph_json.h"
#include "kernels/error.h"

namespace citrine {
namespace {

constexpr double kMostPj = 1e12;
constexpr std::array<std::pair<std::string_view, double EnergyTable::*>, 5> kEnergies = {
    {{"add_32_bit_pj", &EnergyTable::add_32_bit_pj},
     {"shift_32_bit_pj", &EnergyTable::shift_32_bit_pj},
     {"multiply_8_bit_pj", &EnergyTable::multiply_8_bit_pj},
     {"sram_32_bit_pj", &EnergyTable::sram_32_bit_pj},
     {"dram_32_bit_pj", &EnergyTable::dram_32_bit_pj}}};

}  // namespace

EnergyTable energy_table(const nlohmann::json& json, const std::string& where) {
  std::vector<std::string_view> keys = {"source"};
  for (const auto& [key, member] : kEnergies) keys.push_back(key);
  check_keys(json, keys, where);
  EnergyTable table{.source = text_at(json, "source", where)};
  for (const auto& [key, member] : kEnergies) {
    const double value = number_at(json, std::string(key), where);
    if (!std::isfinite(value) || value < 0)
      throw Error(where, ": '", key, "' must be at least 0, got ", value);
    if (value > kMostPj)
      throw Error(where, ": '", key, "' must be at most ", kMostPj, ", got ", value);
    table.*member = value;
  }
  return table;
}

EnergyTable energy_table(const std::string& name) {
  if (name == "45nm") return energy_table(parse_json(kEnergy45nm, name), "the built-in table");
  return energy_table(read_json(name), name);
}

}  // namespace citrine
