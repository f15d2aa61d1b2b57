#pragma once
// What a campaign's rows add up to, in its file: groups "summary" and "groups".
#include <vector>

#include "store/campaign_file.h"
#include "store/contents.h"

namespace citrine {

void put_summary(Contents& contents, const std::vector<SiteSummary>& sites);
std::vector<SiteSummary> summary_from(const Contents& contents);
// `frame`: layers and array of the campaign.
void put_groups(Contents& contents, const OutcomeGroups& groups, const CampaignResult& frame);
// Throws Error unless groups come by site, layer and index, lie within the frame, and have no more
// trials than their sites.
OutcomeGroups groups_from(const Contents& contents, const CampaignResult& frame,
                          const std::vector<SiteSummary>& sites);

// How layers divide into channels, and the array's size.
void put_shapes(Contents& contents, const CampaignResult& result);
void take_shapes(CampaignResult& result, const Contents& contents);

}  // namespace citrine
