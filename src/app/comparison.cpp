#include "app/comparison.h"

#include <algorithm>
#include <iostream>

#include <spdlog/fmt/fmt.h>

#include "app/campaign_table.h"
#include "app/options.h"
#include "faultsim/curve_comparison.h"
#include "faultsim/error_curve.h"
#include "faultsim/share_comparison.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

// What says which images a campaign used, and what its faults are.
nlohmann::json images_and_faults(const CampaignFile& file) {
  const auto& config = file.origin.config;
  auto settings = nlohmann::json::object();
  for (const char* name : {"data", "image-size", "limit", "images", "seed", "effect", "fault-bits",
                           "faults-per-trial", "array", "mapping"})
    settings[name] = config.value(name, nlohmann::json());
  settings["layers"] = config.value("layers", nlohmann::json("all"));
  return settings;
}

void check_comparable(const NamedCampaign& campaign, const NamedCampaign& first) {
  const auto what = difference(images_and_faults(campaign.file), images_and_faults(first.file));
  if (!what.empty())
    throw Error("compared campaigns must be of the same images, seed and faults: ", what, ", in ",
                campaign.name, " and ", first.name);
  if (campaign.file.result.sampling == Sampling::list)
    throw Error("compared campaigns must draw their faults: those of ", campaign.name,
                " are of a list");
  if (campaign.file.result.is_permanent)
    throw Error("compared campaigns must draw a fault anew for each image: those of ",
                campaign.name, " are permanent");
  const auto sampling = campaign.file.result.sampling, wanted = first.file.result.sampling;
  if (!is_same_share(sampling, wanted))
    throw Error("compared campaigns must estimate the same share: ", campaign.name, " samples ",
                name_of(sampling), ", ", first.name, " ", name_of(wanted));
  if (campaign.file.result.labels != first.file.result.labels)
    throw Error("compared campaigns must be of the same images: the labels of ", campaign.name,
                " are not those of ", first.name);
}

Json interval_json(const Interval& interval) { return {interval.low, interval.high}; }

// The entries of a site, which are neighbours.
template <class Entry, class SiteOf>
std::span<const Entry> part_of(std::span<const Entry> entries, Site site, const SiteOf& site_of) {
  const auto is_of = [&](const Entry& entry) { return site_of(entry) == site; };
  const auto first = std::ranges::find_if(entries, is_of);
  const auto last = std::find_if_not(first, entries.end(), is_of);
  return {first, last};
}

SiteTrials trials_of(Site site, const CampaignResult& result) {
  return {part_of<Row>(result.rows, site, [](const Row& row) { return row.fault.site; }),
          part_of<Stratum>(result.strata, site, [](const Stratum& part) { return part.site; }),
          result.is_sequential};
}

// Of the sites that both have rows of, in the order of the first.
Json site_differences(const CampaignResult& first, const CampaignResult& second) {
  auto sites = Json::array();
  for (auto rows = std::span<const Row>(first.rows); !rows.empty();) {
    const auto site = rows.front().fault.site;
    const auto a = trials_of(site, first), b = trials_of(site, second);
    rows = rows.subspan(a.rows.size());
    if (b.rows.empty()) continue;
    const auto [pairing, difference, interval, images_interval] = share_difference(a, b);
    sites.push_back({{"site", name_of(site)},
                     {"pairing", name_of(pairing)},
                     {"difference", difference},
                     {"interval", interval_json(interval)},
                     {"images_interval", interval_json(images_interval)}});
  }
  return sites;
}

Json curve_differences_json(const CampaignResult& first, const CampaignResult& second) {
  auto points = Json::array();
  for (const auto& [site, rate, seeds, difference, interval] :
       curve_differences(first.curve, second.curve))
    points.push_back({{"site", name_of(site)},
                      {"rate", rate},
                      {"seeds", seeds},
                      {"difference", difference},
                      {"interval", interval_json(interval)}});
  return points;
}

Json ratios_json(const CampaignResult& first, const CampaignResult& second,
                 std::span<const double> rises) {
  auto ratios = Json::array();
  for (const auto& [site, rise, ratio, interval] :
       rise_ratios(error_curve(first), error_curve(second), rises))
    ratios.push_back({{"site", name_of(site)},
                      {"rise", rise},
                      {"ratio", ratio ? Json(*ratio) : Json()},
                      {"interval", {rate_json(interval.low), rate_json(interval.high)}}});
  return ratios;
}

Json difference_json(const NamedCampaign& first, const NamedCampaign& second,
                     std::span<const double> rises) {
  const auto &a = first.file.result, &b = second.file.result;
  return {{"first", first.name},
          {"second", second.name},
          {"sites", site_differences(a, b)},
          {"curve", curve_differences_json(a, b)},
          {"rise_ratios", ratios_json(a, b, rises)}};
}

// Signed, in percentage points.
std::string points_text(const Json& value) {
  return fmt::format("{:+.3f}", 100 * value.get<double>());
}

std::string points_text(const Json& low, const Json& high) {
  return points_text(low) + " to " + points_text(high);
}

void print_differences(const Json& pair) {
  const auto first = pair["first"].get<std::string>(), second = pair["second"].get<std::string>();
  std::cout << fmt::format("{} less {}, percentage points\n", second, first);
  for (const auto& site : pair["sites"])
    std::cout << fmt::format("{:<18} SDC {}, {}; images like these {}; paired by {}\n",
                             site["site"].get<std::string>(), points_text(site["difference"]),
                             points_text(site["interval"][0], site["interval"][1]),
                             points_text(site["images_interval"][0], site["images_interval"][1]),
                             site["pairing"].get<std::string>());
  for (const auto& point : pair["curve"])
    std::cout << fmt::format("{:<18} error at {:.3g} {}, {}\n", point["site"].get<std::string>(),
                             point["rate"].get<double>(), points_text(point["difference"]),
                             points_text(point["interval"][0], point["interval"][1]));
  for (const auto& ratio : pair["rise_ratios"])
    std::cout << fmt::format("{:<18} bit error rate of a rise by {}: {}, {:.3g} to {:.3g} times\n",
                             ratio["site"].get<std::string>(), rise_text(ratio["rise"]),
                             ratio["ratio"].is_null()
                                 ? "not within the rates"
                                 : fmt::format("{:.3g} times", ratio["ratio"].get<double>()),
                             rate_from(ratio["interval"][0]), rate_from(ratio["interval"][1]));
}

// With names where not all are estimated alike.
void print_estimators(const Json& networks) {
  const auto first = estimators_text(networks[0]);
  const auto is_alike = [&](const Json& network) { return estimators_text(network) == first; };
  if (std::ranges::all_of(networks, is_alike)) {
    std::cout << first;
    return;
  }
  for (const auto& network : networks)
    std::cout << network["name"].get<std::string>() << ": " << estimators_text(network);
}

}  // namespace

Json comparison_json(std::span<const NamedCampaign> campaigns, std::span<const double> rises) {
  for (const auto& campaign : campaigns) check_comparable(campaign, campaigns.front());
  Json json = {
      {"pairing", kPairingRule}, {"networks", Json::array()}, {"differences", Json::array()}};
  for (const auto& [name, file] : campaigns) {
    Json network = {{"name", name}, {"network_fingerprint", file.network_fingerprint}};
    network.update(campaign_json(file));
    json["networks"].push_back(std::move(network));
  }
  for (std::size_t second = 1; second < campaigns.size(); ++second)
    for (std::size_t first = 0; first < second; ++first)
      json["differences"].push_back(difference_json(campaigns[first], campaigns[second], rises));
  return json;
}

void print_comparison(const Json& json, bool is_json) {
  if (is_json) {
    std::cout << json.dump(2) << '\n';
    return;
  }
  for (const auto& network : json["networks"]) {
    std::cout << fmt::format("{}: {} of {} images right without faults\n",
                             network["name"].get<std::string>(), network["correct"].dump(),
                             network["images"].dump());
    print_findings(network);
    std::cout << '\n';
  }
  for (const auto& pair : json["differences"]) print_differences(pair);
  std::cout << '\n';
  print_estimators(json["networks"]);
  std::cout << json["pairing"].get<std::string>() << '\n';
}

}  // namespace citrine
