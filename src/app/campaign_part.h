#pragma once
// Which part of a campaign a process does, and the file that it writes.
#include <filesystem>

#include "app/campaign_run.h"
#include "app/options.h"
#include "app/ranks.h"
#include "store/origin.h"
#include "store/shard.h"

namespace citrine {

struct CampaignPart {
  Assignment assignment;
  std::filesystem::path out;
};

// By --shard, or one for each rank. Throws Error if options need all of the campaign, or if the
// files cannot be written; a shard that is there may be finished.
CampaignPart campaign_part(const Options& options, const Ranks& ranks);

// Says in a file's origin which shard it is, unless it is all of the campaign.
void record(Shard shard, Origin& origin);

// Waits for all ranks; then the first one merges what they wrote into --out, and removes it.
void gather(const Options& options, const Ranks& ranks);

}  // namespace citrine
