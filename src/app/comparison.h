#pragma once
// What campaigns under the same images differ by, as JSON and as a table.
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "store/files.h"

namespace citrine {

struct NamedCampaign {
  std::string name;
  CampaignFile file;
};

// Each campaign, and for each two the later one less the earlier one. Throws Error that names the
// first difference unless they are of the same images, seed and faults and estimate the same
// shares.
nlohmann::ordered_json comparison_json(std::span<const NamedCampaign> campaigns,
                                       std::span<const double> rises);
void print_comparison(const nlohmann::ordered_json& json, bool is_json);

}  // namespace citrine
