#pragma once
// The order in which the (fault, image) pairs of a site are drawn.
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/campaign.h"
#include "faultsim/fault_space.h"
#include "faultsim/sampling.h"
#include "kernels/random.h"

namespace citrine {

class SiteDraws {
 public:
  // Throws Error if the site has fewer pairs than trials, fewer trials than strata, or fewer faults
  // than a trial has.
  SiteDraws(const IntegerNetwork& network, Site site, std::uint32_t images,
            const CampaignSettings& settings);

  std::uint64_t trials() const { return trials_; }
  std::uint64_t population() const;
  // Trials whose outcomes all others depend on; 0 if there are none.
  std::uint64_t pilot() const { return pilot_; }
  const std::vector<Stratum>& strata() const { return strata_; }
  // Without outcome. Throws Error for a trial that follows a pilot before allocate().
  Row draw(std::uint64_t trial) const;
  // Sets what the trials after the pilot are. Throws Error unless these rows are the pilot's.
  void allocate(std::span<const Row> pilot);

 private:
  // Numbers of a stratum's faults are first + i step; its pairs are drawn in this order.
  struct Faults {
    std::uint64_t first = 0, step = 1;
    Permutation order;
  };
  // Trials one after the other: `order` mixes them, then come those of each stratum.
  struct Phase {
    std::uint64_t first = 0;
    std::vector<std::uint64_t> ends;   // by stratum, cumulated
    std::vector<std::uint64_t> drawn;  // by stratum, before this phase
    Permutation order;
  };

  Row draw_together(std::uint64_t trial) const;
  void add(const Stratum& stratum, std::uint64_t first, std::uint64_t step);
  void add_layers(const IntegerNetwork& network, const CampaignSettings& settings);
  void begin(std::uint64_t first, std::vector<std::uint64_t> parts);
  std::vector<double> scores(const CampaignSettings& settings) const;

  Key key_;
  FaultSpace space_;
  std::uint32_t images_;
  bool is_permanent_;
  std::uint32_t faults_per_trial_;
  std::uint64_t trials_ = 0, pilot_ = 0;
  std::vector<Stratum> strata_;
  std::vector<Faults> faults_;  // by stratum
  std::vector<Phase> phases_;
};

// Index of the stratum that holds the fault; strata.size() if none does.
std::size_t stratum_of(std::span<const Stratum> strata, const Fault& fault);

}  // namespace citrine
