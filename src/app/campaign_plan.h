#pragma once
// What a campaign will take, before it runs.
#include <nlohmann/json.hpp>

#include "faultsim/campaign.h"

namespace citrine {

struct PlanSettings {
  double margin = 0.01;  // that the sample size is for
  double seconds = 0;    // after which the campaign stops; 0: never
};

// Faults, sample size, expected trials, seconds and bytes on disk. Speed and SDC share are those of
// a few trials, run now.
nlohmann::ordered_json campaign_plan(const Campaign& campaign, const CampaignSettings& settings,
                                     const PlanSettings& plan);
void print_plan(const nlohmann::ordered_json& json, bool is_json);

// Trials after which a stop rule is expected to be met at this SDC share, at most counts.trials of
// the population; `block` trials between two looks.
std::uint64_t expected_trials(const StopRule& stop, double share, const SampleCounts& counts,
                              std::uint64_t block);

}  // namespace citrine
