#pragma once
// What a campaign will take, before it runs.
#include <cstdint>
#include <span>
#include <vector>

#include <nlohmann/json.hpp>

#include "faultsim/campaign.h"

namespace citrine {

struct PlanSettings {
  double margin = 0.01;  // that the sample size is for
  double seconds = 0;    // after which the command stops; 0: never
};

// Seconds that a point of the curve takes, by site and rate; from points of few images, run now.
std::vector<double> curve_plan(const IntegerNetwork& network, const CampaignImages& images,
                               const CampaignSettings& settings, const Backend& backend);
// Faults, sample size, expected trials, seconds and bytes on disk. Speed and SDC share are those of
// a few trials, run now. `curve`: that of curve_plan().
nlohmann::ordered_json campaign_plan(const Campaign& campaign, const CampaignSettings& settings,
                                     std::span<const double> curve, const PlanSettings& plan);
void print_plan(const nlohmann::ordered_json& json, bool is_json);

// Trials after which a stop rule is expected to be met at this SDC share, at most counts.trials of
// the population; `block` trials between two looks.
std::uint64_t expected_trials(const StopRule& stop, double share, const SampleCounts& counts,
                              std::uint64_t block);

}  // namespace citrine
