#pragma once
// A campaign as a file: every trial, the error over the bit error rate, and what it sums up to.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "faultsim/campaign.h"
#include "faultsim/outcome_groups.h"
#include "faultsim/statistics.h"
#include "store/contents.h"
#include "store/origin.h"

namespace citrine {

struct CampaignFile {
  std::string network_fingerprint;
  std::vector<std::string> layers;  // names, by index
  CampaignResult result = {};
  Origin origin = {};
};

// Trials of one site, added up.
struct SiteSummary {
  Site site = Site::accumulator;
  std::uint64_t population = 0;  // (fault, image) pairs
  OutcomeSummary sum = {};
  std::uint64_t right = 0;      // trials whose image was classified right without the fault
  std::uint64_t right_sdc = 0;  // SDC among them
  double right_sdc_share = 0;   // in them, as the sampling weighs trials
  Interval right_sdc_interval = {};
  std::uint64_t right_after = 0;  // trials, of all, that were classified right with the fault
};

// Of a fault's layer; "all layers" of the array, which every convolution uses.
std::string layer_name(Site site, std::uint32_t layer, const std::vector<std::string>& layers);

struct CampaignSummary {
  std::string network_fingerprint;
  std::vector<std::string> layers;
  CampaignResult result = {};           // without rows
  std::vector<SiteSummary> sites = {};  // in the order of the rows; empty for a campaign without
  OutcomeGroups groups = {};
  Origin origin = {};
};

// Trials added up by site. Throws Error unless the rows come site by site, each of them once and
// in one of its strata; no rows means none.
std::vector<SiteSummary> summarize(const CampaignResult& result);

// Throw Error if rows, curve and counts contradict each other or the file does not hold.
void write_campaign(const std::filesystem::path& path, const CampaignFile& file);
CampaignFile read_campaign(const std::filesystem::path& path);
// Without the rows, which are not even unpacked.
CampaignSummary read_campaign_summary(const std::filesystem::path& path);

// The same without a file; `where`: its name in messages.
Contents campaign_contents(const CampaignFile& file, const std::string& where);
CampaignFile campaign_from(const Contents& contents);
CampaignSummary campaign_summary_from(const Contents& contents);

}  // namespace citrine
