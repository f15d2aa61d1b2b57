#pragma once
// A campaign as a file: every trial, the error over the bit error rate, and what it sums up to.
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "faultsim/campaign.h"
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
  std::uint64_t trials = 0;
  std::array<std::uint64_t, kOutcomeKinds> outcomes{};  // trials by OutcomeKind
  double sdc_share = 0;                                 // as the sampling weighs the trials
  Interval sdc = {};                                    // 95 %, for the images used
  Interval sdc_images = {};                             // 95 %, for images like these
  std::uint64_t right = 0;      // trials whose image was classified right without the fault
  std::uint64_t right_sdc = 0;  // SDC among them
  Interval right_sdc_share = {};
};

struct CampaignSummary {
  std::string network_fingerprint;
  std::vector<std::string> layers;
  std::vector<SiteSummary> sites;  // in the order of the rows; empty for a campaign without rows
  Sampling sampling = Sampling::bits;
  bool is_sequential = false;  // a stop rule looked at the rows
  bool is_permanent = false;   // a fault's trials are a cluster
  std::vector<CurvePoint> curve;
  std::uint32_t images = 0, correct = 0;
  Origin origin;
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
