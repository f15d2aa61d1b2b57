#pragma once
// What an exhaustive count will take, before it runs.
#include <span>

#include <nlohmann/json.hpp>

#include "faultsim/campaign.h"

namespace citrine {

// Of what a command that stops behind the image in which `limit` seconds are up counts; 0: all.
// Trials and seconds are estimated from a few elements of each layer under the first image.
nlohmann::ordered_json exhaustive_plan(const IntegerNetwork& network, const CampaignImages& images,
                                       std::span<const Site> sites, const FaultModel& model,
                                       const Backend& backend, double limit);
void print_exhaustive_plan(const nlohmann::ordered_json& json, bool is_json);

}  // namespace citrine
