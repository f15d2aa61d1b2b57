#pragma once
// Runs the trials and the curve of a campaign into its log, until a stop rule or the time ends it.
#include <chrono>
#include <cstdint>
#include <vector>

#include "faultsim/campaign.h"
#include "store/files.h"
#include "store/shard.h"

namespace citrine {

// Trials between two looks of a stop rule. Without one, more are run between two writes, as long as
// they take no longer than some seconds, which a kill can cost: those of an image are faster
// together. With a deadline fewer where they are slow.
inline constexpr std::uint64_t kBlock = 1024;
// The first ones of each site in a command with a deadline.
inline constexpr std::uint64_t kTimedBlock = 16;
// Of each site, where a stop rule alone ends them.
inline constexpr std::uint64_t kMostTrials = 1'000'000'000;

// Of one command, by --until-time.
class Deadline {
 public:
  explicit Deadline(double seconds);  // from now on; 0: never
  bool is_set() const { return has_end_; }
  bool is_past() const { return has_end_ && std::chrono::steady_clock::now() >= end_; }

 private:
  bool has_end_;
  std::chrono::steady_clock::time_point end_;
};

// What one command is to do of a campaign.
struct Assignment {
  Shard shard = {};
  Deadline deadline;
};

// Continues from the log, the sites at equal pace and then the curve; false if the time was up
// before the end, but not before each site has some trials, nor before anything was done. Where a
// kill cuts it off it ends at the same rows. A shard runs the whole pilots too.
bool continue_campaign(Campaign& campaign, const CampaignSettings& settings,
                       const Assignment& assignment, RowLog& log);
// The log's rows in the order of the settings' sites, without what other shards hold of pilots.
std::vector<Row> rows_by_site(const Campaign& campaign, const CampaignSettings& settings,
                              Shard shard, const RowLog& log);
// That the trials of a site with so many (fault, image) pairs are drawn from.
std::uint64_t population_of(const CampaignSettings& settings, std::uint64_t pairs);
// Makes a row that follows from a pilot known, by running the pilot.
void run_pilot_before(Campaign& campaign, const CampaignSettings& settings, std::uint64_t row);

}  // namespace citrine
