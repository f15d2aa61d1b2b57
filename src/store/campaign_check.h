#pragma once
// What a campaign's rows and curve must fulfil, whoever wrote them.
#include <cstddef>

#include "store/campaign_file.h"

namespace citrine {

// Throws Error that names the row, point or count.
void check_campaign(const CampaignFile& file);
void check_curve(const std::vector<CurvePoint>& curve);

}  // namespace citrine
