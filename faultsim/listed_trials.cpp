#include "faultsim/listed_trials.h"

#include <algorithm>

#include "faultsim/fault_space.h"
#include "kernels/error.h"

namespace citrine {

ListedTrials::ListedTrials(const IntegerNetwork& network, const CampaignSettings& settings,
                           std::uint32_t images)
    : settings_(settings), images_(images) {
  if (are_there() != (settings.sampling == Sampling::list))
    throw Error("a list of trials must be given with the sampling 'list' and no other, got ",
                name_of(settings.sampling), " and ", settings.list.size(), " trials");
  if (!are_there()) return;
  if (settings.stop.is_set() || settings.faults_per_trial != 1 || !settings.rates.empty())
    throw Error("a list of trials takes no stop rule, faults per trial or curve");
  for (const auto& trial : settings.list) {
    if (trial.image >= images)
      throw Error("a listed trial must be of one of ", images, " images, got ", trial.image);
    check_together(network, trial.faults(), settings.model.array);
  }
}

std::uint64_t ListedTrials::trials() const {
  return settings_.list.size() * (settings_.is_permanent ? images_ : 1);
}

Row ListedTrials::operator[](std::uint64_t trial) const {
  if (!settings_.is_permanent) return settings_.list[trial];
  auto row = settings_.list[trial / images_];
  row.image = static_cast<std::uint32_t>(trial % images_);
  return row;
}

std::vector<Stratum> ListedTrials::strata() const {
  std::vector<Stratum> strata;
  for (const auto& trial : settings_.list)
    if (std::ranges::find(strata, trial.fault.site, &Stratum::site) == strata.end())
      strata.push_back({.site = trial.fault.site});
  return strata;
}

}  // namespace citrine
