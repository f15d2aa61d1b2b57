#include "app/campaign_table.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <limits>
#include <span>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "faultsim/error_curve.h"
#include "graph/words.h"
#include "report/findings.h"
#include "store/files.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWorstChannels = 10;  // that the table names

Json group_json(const OutcomeGroup& group, Grouping grouping, const CampaignFile& file) {
  const auto& columns = file.result.array.columns;
  Json json = {{"site", name_of(group.site)}};
  if (has_layers(grouping)) json["layer"] = layer_name(group.site, group.layer, file.layers);
  if (grouping == Grouping::array_element) {
    json["row"] = group.index / columns;
    json["column"] = group.index % columns;
  } else if (grouping != Grouping::layer) {
    json[std::string(name_of(grouping))] = group.index;
  }
  json["trials"] = group.sum.trials();
  add_sum(json, group.sum);
  return json;
}

Json groups_json(const CampaignFile& file) {
  Json json = Json::object();
  const auto groups = outcome_groups(file.result);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto grouping = static_cast<Grouping>(i);
    auto& list = json[std::string(name_of(grouping))] = Json::array();
    for (const auto& group : groups[i]) list.push_back(group_json(group, grouping, file));
  }
  return json;
}

Json site_json(const SiteSummary& site) {
  Json json = {
      {"site", name_of(site.site)}, {"trials", site.sum.trials()}, {"population", site.population}};
  add_sum(json, site.sum);
  json["right"] = site.right;
  json["right_sdc"] = site.right_sdc;
  json["right_sdc_share"] = site.right_sdc_share;
  put_interval(json, "right_sdc_interval", site.right_sdc_interval);
  json["right_after"] = site.right_after;
  return json;
}

std::string percent(const Json& share, int digits) {
  return fmt::format("{:.{}f} %", 100 * share.get<double>(), digits);
}

std::string percent_interval(const Json& interval, int digits = 3) {
  return percent(interval[0], digits) + " to " + percent(interval[1], digits);
}

// Share of an event, and its intervals where there are some.
std::string share_text(const Json& site, const std::string& event, int digits) {
  auto text = percent(site[event + "_share"], digits);
  if (const auto name = event + "_interval"; site.contains(name))
    text += ", " + percent_interval(site[name], digits);
  if (const auto name = event + "_images_interval"; site.contains(name))
    text += "; images like these " + percent_interval(site[name], digits);
  return text;
}

std::string rate_text(const Json& rate) {
  const auto value = rate_from(rate);
  if (value == 0) return "the lowest rate or below";
  return std::isinf(value) ? "none of the rates" : fmt::format("{:.3g}", value);
}

Json curve_json(const CampaignResult& result) {
  auto points = Json::array();
  for (const auto& band : curve_bands(result.curve))
    points.push_back({{"site", name_of(band.site)},
                      {"rate", band.rate},
                      {"seeds", band.seeds},
                      {"error", band.mean},
                      {"deviation", band.deviation},
                      {"interval", {band.interval.low, band.interval.high}}});
  return points;
}

Json rises_json(const CampaignResult& result) {
  auto rises = Json::array();
  for (const auto& rise : rise_rates(error_curve(result), result.rises))
    rises.push_back({{"site", name_of(rise.site)},
                     {"rise", rise.rise},
                     {"rate", rate_json(rise.rate)},
                     {"interval", {rate_json(rise.interval.low), rate_json(rise.interval.high)}}});
  return rises;
}

void print_curve(const Json& json) {
  for (const auto& point : json["curve"])
    std::cout << fmt::format("{:<18} error {:.3f} % at {:.3g}, {}; {} seeds, each {:.3f}\n",
                             point["site"].get<std::string>(), 100 * point["error"].get<double>(),
                             point["rate"].get<double>(), percent_interval(point["interval"]),
                             point["seeds"].get<int>(), 100 * point["deviation"].get<double>());
  for (const auto& rise : json["rise_rates"])
    std::cout << fmt::format("{:<18} error up by {} at {}, from {} to {}\n",
                             rise["site"].get<std::string>(), rise_text(rise["rise"]),
                             rate_text(rise["rate"]), rate_text(rise["interval"][0]),
                             rate_text(rise["interval"][1]));
}

// Those whose interval begins highest; one failure of a channel may be chance. Those of a list
// have no interval, and what fails among chosen faults is not likely to.
void print_worst_channels(const Json& channels) {
  std::vector<const Json*> worst;
  for (const auto& channel : channels)
    if (channel["sdc"] > 1 && channel.contains("sdc_interval")) worst.push_back(&channel);
  const auto count = std::min(kWorstChannels, worst.size());
  std::ranges::partial_sort(worst, worst.begin() + static_cast<std::ptrdiff_t>(count),
                            std::greater(),
                            [](const Json* channel) { return (*channel)["sdc_interval"][0]; });
  if (count > 0)
    std::cout << fmt::format("the {} of {} channels most likely to fail:\n", count,
                             channels.size());
  for (const auto* channel : std::span(worst).first(count))
    std::cout << fmt::format("{:<18} channel {} of {}: {} of {} trials SDC, {}\n",
                             (*channel)["site"].get<std::string>(), (*channel)["channel"].dump(),
                             (*channel)["layer"].get<std::string>(), (*channel)["sdc"].dump(),
                             (*channel)["trials"].dump(),
                             percent_interval((*channel)["sdc_interval"]));
}

}  // namespace

void put_interval(Json& json, const std::string& name, const Interval& interval) {
  if (interval.is_known()) json[name] = {interval.low, interval.high};
}

void add_sum(Json& json, const OutcomeSummary& sum) {
  for (const Event event : kEvents) {
    const std::string name(name_of(event));
    json[name] = sum[event].trials;
    json[name + "_share"] = sum[event].share;
    put_interval(json, name + "_interval", sum[event].interval);
    put_interval(json, name + "_images_interval", sum[event].images_interval);
  }
}

Json rate_json(double rate) { return std::isinf(rate) ? Json("infinity") : Json(rate); }

double rate_from(const Json& json) {
  return json.is_string() ? std::numeric_limits<double>::infinity() : json.get<double>();
}

std::string rise_text(double rise) {
  const double points = 100 * rise;
  return fmt::format("{:.6g} point{}", points, points == 1 ? "" : "s");
}

Json campaign_json(const CampaignFile& file) {
  const auto& result = file.result;
  Json json = {{"sampling", name_of(result.sampling)},
               {"sequential", result.is_sequential},
               {"estimator", describe(result.sampling, result.is_sequential, result.is_permanent,
                                      result.faults_per_trial)},
               {"images_estimator", kImageEstimator},
               {"images", result.images},
               {"correct", result.correct},
               {"sites", Json::array()}};
  if (result.sampling == Sampling::list) json.erase("images_estimator");
  if (file.origin.config.contains("layers")) json["layers"] = file.origin.config.at("layers");
  for (const auto& site : summarize(result)) json["sites"].push_back(site_json(site));
  json["groups"] = groups_json(file);
  if (result.curve.empty()) return json;
  json["curve_estimator"] = kCurveEstimator;
  json["curve"] = curve_json(result);
  json["rise_rates"] = rises_json(result);
  return json;
}

void print_shares(const Json& site, const std::string& unit, int digits) {
  std::cout << fmt::format("{:<18} {} of {} {} SDC: {}\n", site["site"].get<std::string>(),
                           site["sdc"].dump(), site[unit].dump(), unit,
                           share_text(site, "sdc", digits));
  for (const std::string event : {"benign", "masked"})
    std::cout << fmt::format("{:<18} {} {}\n", "", event, share_text(site, event, digits));
}

void print_findings(const Json& json) {
  for (const auto& site : json["sites"]) print_shares(site, "trials", 3);
  if (json.contains("curve")) print_curve(json);
}

std::string estimators_text(const Json& json) {
  std::string text;
  if (const auto layers = layers_text(json.value("layers", std::vector<std::string>()));
      !layers.empty())
    text = layers + '\n';
  for (const char* name : {"estimator", "images_estimator", "curve_estimator"})
    if (json.contains(name)) text += json[name].get<std::string>() + '\n';
  return text;
}

void print_campaign(const Json& json, bool is_json) {
  if (is_json) {
    std::cout << json.dump(2) << '\n';
    return;
  }
  print_findings(json);
  print_worst_channels(json["groups"]["channel"]);
  std::cout << estimators_text(json);
}

}  // namespace citrine
