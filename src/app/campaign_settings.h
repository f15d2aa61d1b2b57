#pragma once
// What a campaign's options ask for.
#include <string>
#include <vector>

#include "app/options.h"
#include "faultsim/campaign.h"
#include "quant/integer_network.h"

namespace citrine {

// Throws Error unless each site is named once, and one at least; "all" names every one.
std::vector<Site> sites_of(const std::vector<std::string>& names);
// Throws Error where options contradict each other.
CampaignSettings campaign_settings(const Options& options);
// A sample of the test images. Throws Error if they do not fit the network.
CampaignImages campaign_images(const IntegerNetwork& network, const Options& options);
std::vector<std::string> layer_names(const IntegerNetwork& network);

}  // namespace citrine
