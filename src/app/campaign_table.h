#pragma once
// What a campaign found, as JSON and as a table.
#include <nlohmann/json.hpp>

#include "faultsim/campaign.h"

namespace citrine {

nlohmann::ordered_json campaign_json(const CampaignResult& result);
void print_campaign(const nlohmann::ordered_json& json, bool is_json);

}  // namespace citrine
