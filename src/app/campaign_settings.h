#pragma once
// What a campaign's options ask for.
#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/options.h"
#include "faultsim/campaign.h"
#include "quant/integer_network.h"

namespace citrine {

// Throws Error unless each site is named once, and one at least; "all" names those of the network
// that have faults.
std::vector<Site> sites_of(const std::vector<std::string>& names, const IntegerNetwork& network,
                           const FaultModel& model = {});
// Those that an option names; if it is not given, those of its default that have faults in the
// chosen layers. Throws Error too if none of them has.
std::vector<Site> sites_of(const Options& options, const char* name, const IntegerNetwork& network,
                           const FaultModel& model);
// What options 'array' and 'mapping' ask for. Throws Error unless they are a size and a mapping.
ArrayShape array_shape(const Options& options);
// What a fault is and in which layers. Throws Error that names the nearest layer for one that is
// not there.
FaultModel fault_model(const Options& options, const IntegerNetwork& network);
// Throws Error where options contradict each other.
CampaignSettings campaign_settings(const Options& options, const IntegerNetwork& network);
// A sample of the test images. Throws Error if they do not fit the network.
CampaignImages campaign_images(const IntegerNetwork& network, const Options& options);
// Images [begin, end).
CampaignImages part_of(const CampaignImages& images, std::size_t begin, std::size_t end);
// The options that results follow from: not threads and devices, so that a campaign may move
// between machines.
nlohmann::json portable_config(const Options& options);
// Says in the options that results store which layers have the faults, if not all.
void record_layers(const FaultModel& model, const IntegerNetwork& network, nlohmann::json& config);
std::vector<std::string> layer_names(const IntegerNetwork& network);

}  // namespace citrine
