#include "app/campaign_settings.h"

#include <algorithm>
#include <regex>
#include <string_view>

#include "app/campaign_run.h"
#include "app/evaluation.h"
#include "app/network_source.h"
#include "app/settings.h"
#include "faultsim/fault_space.h"
#include "graph/words.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

// A rule that is given must be one.
double rule_value(const Options& options, const char* name) {
  const double value = options.real(name);
  if (options.is_given(name) && !(value > 0))
    throw Error("option '", name, "' must be above 0, got ", value);
  return value;
}

// How many trials there are is left to the clock alone where any first ones of them are a sample.
// Others are those of the settings, however often the time was up before the last.
bool is_timed(const Options& options, const CampaignSettings& settings) {
  return rule_value(options, "until-time") > 0 && settings.sampling == Sampling::bits &&
         !settings.is_permanent && !options.is_given("faults");
}

// In the network's order.
std::vector<std::uint32_t> chosen_layers(const Options& options, const IntegerNetwork& network) {
  const auto names = layer_names(network);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto text = options.text("layers");
  const auto chosen = options.texts("layers");
  if (options.is_given("layers") && std::ranges::count(text, ',') + 1 != std::ssize(chosen))
    throw Error("option 'layers' must not have an empty name, got '", text, "'");
  std::vector<std::uint32_t> layers(chosen.size());
  std::ranges::transform(chosen, layers.begin(), [&](const std::string& name) {
    return static_cast<std::uint32_t>(index_of_name("layer", name, views));
  });
  std::ranges::sort(layers);
  if (const auto same = std::ranges::adjacent_find(layers); same != layers.end())
    throw Error("each layer must be named once, got '", names[*same], "' again");
  return layers;
}

}  // namespace

FaultModel fault_model(const Options& options, const IntegerNetwork& network) {
  return {.effect = effect(options.text("effect")),
          .width = static_cast<std::uint32_t>(options.integer("fault-bits")),
          .array = array_shape(options),
          .layers = chosen_layers(options, network)};
}

// "8x16" is 8 rows of 16 elements.
ArrayShape array_shape(const Options& options) {
  static const std::regex pattern("([1-9][0-9]{0,3})x([1-9][0-9]{0,3})");
  const auto text = options.text("array");
  std::smatch sizes;
  if (!std::regex_match(text, sizes, pattern))
    throw Error("option 'array' must be rows x columns of 1 to 9999 each, as 16x16, got '", text,
                "'");
  const auto size = [&](std::size_t i) {
    return static_cast<std::uint32_t>(std::stoul(sizes[i].str()));
  };
  return {.rows = size(1), .columns = size(2), .mapping = mapping(options.text("mapping"))};
}

std::vector<Site> sites_of(const std::vector<std::string>& names, const IntegerNetwork& network,
                           const FaultModel& model) {
  std::vector<Site> sites;
  for (const auto& name : names) {
    if (name != "all") sites.push_back(site(name));
    for (int i = 0; name == "all" && i < kSites; ++i)
      if (FaultSpace(network, static_cast<Site>(i), model).size() > 0)
        sites.push_back(static_cast<Site>(i));
  }
  if (sites.empty() && !names.empty())
    throw Error("the ", name_of_layers(model), " must have faults, got none");
  auto sorted = sites;
  std::ranges::sort(sorted);
  if (sites.empty() || std::ranges::adjacent_find(sorted) != sorted.end())
    throw Error("each site must be named once, and one at least, got '", join(names, ","), "'");
  return sites;
}

std::vector<Site> sites_of(const Options& options, const char* name, const IntegerNetwork& network,
                           const FaultModel& model) {
  const auto names = options.texts(name);
  auto sites = sites_of(names, network, model);
  if (options.is_given(name) || model.layers.empty()) return sites;
  std::erase_if(sites, [&](Site site) { return FaultSpace(network, site, model).size() == 0; });
  if (sites.empty())
    throw Error("the chosen layers must have faults in one of ", join(names, ", "), " if '", name,
                "' is not given, got none");
  return sites;
}

CampaignSettings campaign_settings(const Options& options, const IntegerNetwork& network) {
  CampaignSettings settings;
  settings.model = fault_model(options, network);
  settings.sites = sites_of(options, "sites", network, settings.model);
  settings.is_permanent = options.toggle("permanent");
  settings.faults_per_trial = static_cast<std::uint32_t>(options.integer("faults-per-trial"));
  settings.sampling = sampling(options.text("sampling"));
  settings.stop = {.failures = static_cast<std::uint64_t>(rule_value(options, "until-failures")),
                   .width = rule_value(options, "until-width"),
                   .is_timed = is_timed(options, settings)};
  const bool is_limited = !settings.stop.is_set() || options.is_given("trials");
  settings.trials =
      is_limited ? static_cast<std::uint64_t>(options.integer("trials")) : kMostTrials;
  settings.stratification = stratification(options.text("strata"));
  settings.pilot = static_cast<std::uint64_t>(options.integer("pilot"));
  if (settings.sampling != Sampling::stratified &&
      (settings.pilot > 0 || options.is_given("strata")))
    throw Error("options 'pilot' and 'strata' need '--sampling stratified', got '",
                name_of(settings.sampling), "'");
  settings.rates = options.reals("rates");
  if (!settings.rates.empty())
    settings.curve_sites =
        sites_of(options, "curve-sites", network, {.layers = settings.model.layers});
  settings.curve_seeds = static_cast<int>(options.integer("curve-seeds"));
  settings.rises = options.reals("rise");
  settings.seed = key_of(options).seed;
  return settings;
}

CampaignImages campaign_images(const IntegerNetwork& network, const Options& options) {
  const auto dataset = load_dataset(options);
  if (network.input().elements() != dataset.test.shape.elements() ||
      network.classes() != dataset.test.classes)
    throw Error("the integer network takes images of ", network.input().elements(), " values in ",
                network.classes(), " classes, but ", dataset.name, " has ",
                dataset.test.shape.elements(), " in ", dataset.test.classes);
  const auto indices =
      sample(dataset.test, options.integer("images"), split(key_of(options), "images"));
  const auto images = select(dataset.test, indices);
  return {.codes = encode_images(network, dataset, images), .labels = images.labels};
}

CampaignImages part_of(const CampaignImages& images, std::size_t begin, std::size_t end) {
  const auto size = images.codes.size() / images.count();
  const auto at = [](auto& list, std::size_t place) {
    return list.begin() + static_cast<std::ptrdiff_t>(place);
  };
  return {.codes = {at(images.codes, begin * size), at(images.codes, end * size)},
          .labels = {at(images.labels, begin), at(images.labels, end)}};
}

nlohmann::json portable_config(const Options& options) {
  auto config = options.config();
  config.erase("threads");
  config.erase("device");
  return config;
}

void record_layers(const FaultModel& model, const IntegerNetwork& network, nlohmann::json& config) {
  for (const auto layer : model.layers) config["layers"].push_back(network.layers[layer].name);
}

std::vector<std::string> layer_names(const IntegerNetwork& network) {
  std::vector<std::string> names;
  for (const auto& layer : network.layers) names.push_back(layer.name);
  return names;
}

}  // namespace citrine
