#pragma once
// Accelerators as JSON; docs/format.md, "Accelerator".
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "objectives/accelerator.h"

namespace citrine {

// Throws Error that names `where` and the entry unless exactly the entries of an accelerator are
// there, within their bounds.
Accelerator accelerator_from_json(const nlohmann::json& json, const std::string& where);
// A built-in one by name, or a file.
Accelerator load_accelerator(const std::string& name);
std::vector<std::string_view> accelerator_names();

}  // namespace citrine
