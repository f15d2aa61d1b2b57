#pragma once
// `citrine inject --exhaustive`: every fault instead of a sample.
#include "app/campaign_part.h"
#include "app/options.h"

namespace citrine {

// Counts every single-bit fault of the sites under every image, writes the file and prints
// what it adds up to; a shard holds some of the images. Killed, the same command continues behind
// the last image that was done.
void run_exhaustive(const Options& options, const CampaignPart& part);

}  // namespace citrine
