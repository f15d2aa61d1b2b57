#pragma once
// What a campaign's curve adds up to, in its file: dataset "rises", groups "curve_summary" and
// "rise_rates".
#include "faultsim/campaign.h"
#include "store/contents.h"

namespace citrine {

void put_curve_summary(Contents& contents, const CampaignResult& result);
// Sets the rises. Throws Error unless the groups are of the result's curve; the numbers are not
// compared, as their last digit may differ between machines.
void take_curve_summary(CampaignResult& result, const Contents& contents);

}  // namespace citrine
