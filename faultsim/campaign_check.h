#pragma once
// What a campaign must be asked for.
#include <cstdint>

#include "faultsim/campaign.h"

namespace citrine {

// Throw Error, which says what must be otherwise: of the settings under so many images; of images
// without a label, of too few codes, with codes or labels that the network does not have.
void check(const IntegerNetwork& network, const CampaignSettings& settings, std::uint32_t images);
void check(const IntegerNetwork& network, const CampaignImages& images);

}  // namespace citrine
