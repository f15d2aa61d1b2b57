#pragma once
// Images of a small network as a campaign takes them.
#include <cstddef>

#include "faultsim/campaign.h"
#include "quant/networks.h"

namespace citrine::testing {

// The first `count`, all labelled 0.
inline CampaignImages campaign_images(const Subject& subject, std::size_t count) {
  CampaignImages images;
  for (std::size_t i = 0; i < count; ++i)
    images.codes.insert(images.codes.end(), subject.images[i].begin(), subject.images[i].end());
  images.labels.assign(count, 0);
  return images;
}

}  // namespace citrine::testing
