#include "faultsim/campaign_check.h"

#include <algorithm>

#include "faultsim/bit_errors.h"
#include "faultsim/error_curve.h"
#include "kernels/error.h"

namespace citrine {
namespace {

void check_stop(const CampaignSettings& settings) {
  const auto& [failures, width, is_timed] = settings.stop;
  if (!settings.stop.is_set()) return;
  if (settings.sampling != Sampling::bits)
    throw Error("a stop rule needs the sampling of bits, whose interval may be looked at, got ",
                name_of(settings.sampling));
  if (!(width >= 0 && width < 1))
    throw Error("a width to stop at must lie between 0 and 1, got ", width);
  if (failures > settings.trials)
    throw Error(failures, " failures to stop at cannot come from ", settings.trials, " trials");
}

void check_permanent(const CampaignSettings& settings, std::uint32_t images) {
  if (!settings.is_permanent || !settings.list.empty()) return;
  if (settings.sampling != Sampling::bits || settings.stop.is_set())
    throw Error("permanent faults need the sampling of bits and no stop rule");
  if (settings.trials % images != 0)
    throw Error("a permanent fault meets each of the ", images,
                " images: trials must be a multiple of them, got ", settings.trials);
}

void check_faults_per_trial(const CampaignSettings& settings) {
  const auto faults = settings.faults_per_trial;
  if (faults < 1 || faults > kMostFaults)
    throw Error("a trial must have 1 to ", kMostFaults, " faults, got ", faults);
  if (faults > 1 && settings.sampling != Sampling::bits)
    throw Error("several faults per trial need the sampling of bits, got ",
                name_of(settings.sampling));
}

// A draw is held in memory.
void check_draw(Site site, std::uint64_t bits, double rate) {
  constexpr double kMost = 1 << 23;
  if (const double faults = static_cast<double>(bits) * rate; faults > kMost)
    throw Error("a draw must have at most ", kMost, " faults on average, a bit error rate of ",
                rate, " gives ", faults, " among the ", bits, " bits of ", name_of(site));
}

void check_curve(const IntegerNetwork& network, const CampaignSettings& settings) {
  for (const Site site : settings.curve_sites)
    if (!settings.rates.empty() && bit_error_space(network, site, settings.model).size() == 0)
      throw Error("a curve's site must have faults in the ", name_of_layers(settings.model), ", ",
                  name_of(site), " has none");
  for (const double rate : settings.rates) {
    if (!(rate >= 0 && rate <= 1)) throw Error("a bit error rate must lie from 0 to 1, got ", rate);
    for (const Site site : settings.curve_sites)
      check_draw(site, bit_error_space(network, site, settings.model).size(), rate);
  }
  if (settings.curve_seeds < 0)
    throw Error("the seeds of a curve must be at least 0, got ", settings.curve_seeds);
  check_rises(settings.rises);
}

}  // namespace

void check(const IntegerNetwork& network, const CampaignSettings& settings, std::uint32_t images) {
  check_curve(network, settings);
  check_stop(settings);
  check_permanent(settings, images);
  check_faults_per_trial(settings);
}

void check(const IntegerNetwork& network, const CampaignImages& images) {
  if (images.labels.empty()) throw Error("a campaign must have at least one image");
  const auto& input = network.input();
  const auto codes = images.labels.size() * static_cast<std::size_t>(input.elements());
  if (images.codes.size() != codes)
    throw Error(images.labels.size(), " images must have ", codes, " codes, got ",
                images.codes.size());
  const int label = std::ranges::max(images.labels);
  if (label >= network.classes())
    throw Error("labels must be below ", network.classes(), " classes, got ", label);
  const auto [low, high] = std::ranges::minmax(images.codes);
  if (low < input.low || high > input.high)
    throw Error("codes of images must lie from ", input.low, " to ", input.high, ", got ", low,
                " to ", high);
}

}  // namespace citrine
