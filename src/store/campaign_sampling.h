#pragma once
// How a campaign's trials were drawn, in its file: attributes and the group "strata".
#include "faultsim/campaign.h"
#include "store/contents.h"

namespace citrine {

void put_sampling(Contents& contents, const CampaignResult& result);
// Sets sampling, stop rule and strata. Throws Error unless weights are above 0 and those of each
// site add up to 1.
void take_sampling(CampaignResult& result, const Contents& contents);

}  // namespace citrine
