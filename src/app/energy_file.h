#pragma once
// Energy tables as JSON; docs/format.md, "Energy table".
#include <string>

#include <nlohmann/json.hpp>

#include "app/options.h"
#include "quant/energy.h"

namespace citrine {

// Throws Error that names the table and the key unless exactly the keys of a table are there, with
// finite numbers of at least 0.
EnergyTable energy_table(const nlohmann::json& json, const std::string& where);
// The file of --energy, or the built-in one.
EnergyTable energy_table(const Options& options);

}  // namespace citrine
