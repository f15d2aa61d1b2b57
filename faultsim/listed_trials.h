#pragma once
// The trials of a campaign whose faults are not drawn but given.
#include <cstdint>
#include <vector>

#include "faultsim/campaign.h"
#include "faultsim/sampling.h"
#include "quant/integer_network.h"

namespace citrine {

class ListedTrials {
 public:
  // None unless the settings have a list. Throws Error if there are options that draw beside it, or
  // it has a fault or image that is not there. The settings must outlive this.
  ListedTrials(const IntegerNetwork& network, const CampaignSettings& settings,
               std::uint32_t images);

  bool are_there() const { return !settings_.list.empty(); }
  std::uint64_t trials() const;
  Row operator[](std::uint64_t trial) const;  // without outcome
  // One for each site, in the order of the list.
  std::vector<Stratum> strata() const;

 private:
  const CampaignSettings& settings_;
  std::uint32_t images_;
};

}  // namespace citrine
