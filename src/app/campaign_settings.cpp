#include "app/campaign_settings.h"

#include <algorithm>

#include "app/campaign_run.h"
#include "app/evaluation.h"
#include "app/network_source.h"
#include "app/settings.h"
#include "kernels/error.h"

namespace citrine {
namespace {

// A rule that is given must be one.
double rule_value(const Options& options, const char* name) {
  const double value = options.real(name);
  if (options.is_given(name) && !(value > 0))
    throw Error("option '", name, "' must be above 0, got ", value);
  return value;
}

}  // namespace

std::vector<Site> sites_of(const std::vector<std::string>& names) {
  std::vector<Site> sites;
  for (const auto& name : names) {
    if (name != "all") sites.push_back(site(name));
    for (int i = 0; name == "all" && i < kSites; ++i) sites.push_back(static_cast<Site>(i));
  }
  auto sorted = sites;
  std::ranges::sort(sorted);
  if (sites.empty() || std::ranges::adjacent_find(sorted) != sorted.end())
    throw Error("each site must be named once, and one at least");
  return sites;
}

CampaignSettings campaign_settings(const Options& options) {
  CampaignSettings settings;
  settings.sites = sites_of(options.texts("sites"));
  settings.stop = {.failures = static_cast<std::uint64_t>(rule_value(options, "until-failures")),
                   .width = rule_value(options, "until-width"),
                   .is_timed = rule_value(options, "until-time") > 0};
  const bool is_limited = !settings.stop.is_set() || options.is_given("trials");
  settings.trials =
      is_limited ? static_cast<std::uint64_t>(options.integer("trials")) : kMostTrials;
  settings.sampling = sampling(options.text("sampling"));
  settings.stratification = stratification(options.text("strata"));
  settings.pilot = static_cast<std::uint64_t>(options.integer("pilot"));
  if (settings.sampling != Sampling::stratified &&
      (settings.pilot > 0 || options.is_given("strata")))
    throw Error("options 'pilot' and 'strata' need '--sampling stratified', got '",
                name_of(settings.sampling), "'");
  settings.rates = options.reals("rates");
  if (!settings.rates.empty()) settings.curve_sites = sites_of(options.texts("curve-sites"));
  settings.curve_seeds = static_cast<int>(options.integer("curve-seeds"));
  settings.seed = key_of(options).seed;
  return settings;
}

CampaignImages campaign_images(const IntegerNetwork& network, const Options& options) {
  const auto dataset = load_dataset(options);
  if (network.input().elements() != dataset.test.shape.elements() ||
      network.classes() != dataset.test.classes)
    throw Error("the integer network does not fit the images or classes of ", dataset.name);
  const auto indices =
      sample(dataset.test, options.integer("images"), split(key_of(options), "images"));
  const auto images = select(dataset.test, indices);
  return {.codes = encode_images(network, dataset, images), .labels = images.labels};
}

nlohmann::json portable_config(const Options& options) {
  auto config = options.config();
  config.erase("threads");
  config.erase("device");
  return config;
}

std::vector<std::string> layer_names(const IntegerNetwork& network) {
  std::vector<std::string> names;
  for (const auto& layer : network.layers) names.push_back(layer.name);
  return names;
}

}  // namespace citrine
