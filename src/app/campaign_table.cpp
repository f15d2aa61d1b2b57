#include "app/campaign_table.h"

#include <iostream>

#include <spdlog/fmt/fmt.h>

#include "store/files.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

Json site_json(const SiteSummary& site) {
  Json json = {
      {"site", name_of(site.site)}, {"trials", site.trials}, {"population", site.population}};
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
    json[std::string(name_of(static_cast<OutcomeKind>(kind)))] = site.outcomes[kind];
  json["sdc_share"] = site.sdc_share;
  json["sdc_interval"] = {site.sdc.low, site.sdc.high};
  json["sdc_images_interval"] = {site.sdc_images.low, site.sdc_images.high};
  json["right"] = site.right;
  json["right_sdc"] = site.right_sdc;
  json["right_sdc_interval"] = {site.right_sdc_share.low, site.right_sdc_share.high};
  return json;
}

std::string percent(const Json& interval) {
  return fmt::format("{:.3f} % to {:.3f} %", 100 * interval[0].get<double>(),
                     100 * interval[1].get<double>());
}

}  // namespace

Json campaign_json(const CampaignResult& result) {
  Json json = {{"sampling", name_of(result.sampling)},
               {"sequential", result.is_sequential},
               {"estimator", describe(result.sampling, result.is_sequential, result.is_permanent)},
               {"images_estimator", kImageEstimator},
               {"sites", Json::array()}};
  for (const auto& site : summarize(result)) json["sites"].push_back(site_json(site));
  return json;
}

void print_campaign(const Json& json, bool is_json) {
  if (is_json) {
    std::cout << json.dump(2) << '\n';
    return;
  }
  for (const auto& site : json["sites"])
    std::cout << fmt::format("{:<18} {} of {} trials SDC: {:.3f} %, {}; images like these {}\n",
                             site["site"].get<std::string>(), site["sdc"].get<std::uint64_t>(),
                             site["trials"].get<std::uint64_t>(),
                             100 * site["sdc_share"].get<double>(), percent(site["sdc_interval"]),
                             percent(site["sdc_images_interval"]));
  std::cout << json["estimator"].get<std::string>() << '\n'
            << json["images_estimator"].get<std::string>() << '\n';
}

}  // namespace citrine
