#pragma once
// Shards of one campaign as the file that one process would have written.
#include <filesystem>
#include <span>

#include "store/campaign_file.h"
#include "store/exhaustive_file.h"

namespace citrine {

// In any order. Throw Error that names files and difference unless these are all shards of one
// campaign, each finished and there once.
CampaignFile merge_campaigns(std::span<const std::filesystem::path> shards);
ExhaustiveFile merge_exhaustive(std::span<const std::filesystem::path> shards);

}  // namespace citrine
