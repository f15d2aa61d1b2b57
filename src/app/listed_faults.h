#pragma once
// Campaigns whose faults are those of a list.
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "app/options.h"
#include "faultsim/campaign.h"
#include "quant/integer_network.h"

namespace citrine {

// Throws Error if options that draw faults are given with a list.
void check_listed(const Options& options);
// Makes the trials of the list those of the settings; gives the SHA-256 of its file.
std::string take_list(const Options& options, const IntegerNetwork& network, std::uint32_t images,
                      CampaignSettings& settings);

// Says in the options that results store which list there was in place of what draws faults.
void record_list(const std::string& sha256, nlohmann::json& config);

}  // namespace citrine
