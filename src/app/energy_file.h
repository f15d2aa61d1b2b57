#pragma once
// Energy tables as JSON; docs/format.md, "Energy table".
#include <string>

#include <nlohmann/json.hpp>

#include "quant/energy.h"

namespace citrine {

// Throws Error that names the table and the key unless exactly the keys of a table are there, with
// finite numbers of at least 0.
EnergyTable energy_table(const nlohmann::json& json, const std::string& where);
// "45nm", which is built in, or a file.
EnergyTable energy_table(const std::string& name);

}  // namespace citrine
