#pragma once
// What exact counts add up to, as JSON and as a table.
#include <nlohmann/json.hpp>

#include "store/exhaustive_file.h"

namespace citrine {

nlohmann::ordered_json exhaustive_json(const ExhaustiveFile& file);
void print_exhaustive(const nlohmann::ordered_json& json, bool is_json);

}  // namespace citrine
