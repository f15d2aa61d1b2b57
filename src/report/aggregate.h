#pragma once
// Counts of outcomes, by site and layer.
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "faultsim/campaign.h"
#include "faultsim/outcome_counts.h"

namespace citrine {

// In the order of the rows, each once.
std::vector<Site> sites_of(std::span<const Row> rows);
// Throw Error for rows without a stratum.
std::map<Site, OutcomeCounts> count_by_site(const CampaignResult& result);
std::map<std::pair<Site, std::uint32_t>, OutcomeCounts> count_by_layer(
    const CampaignResult& result);
// SDC share for images like these (faultsim/outcome_counts.h).
std::map<Site, Interval> image_intervals(const CampaignResult& result);

}  // namespace citrine
