#include "report/page.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "faultsim/error_curve.h"
#include "faultsim/exhaustive_groups.h"
#include "graph/words.h"
#include "objectives/cost.h"
#include "objectives/flip_amplitude.h"
#include "objectives/sensitivity.h"
#include "report/drawing.h"
#include "report/html.h"
#include "report/page_style.h"
#include "report/versions.h"

namespace citrine {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kWorstChannels = 10;  // that the page names

std::string figure_html(const Figure& figure) {
  return "<figure id=\"" + escape(figure.name) + "\">" + figure.svg + "<figcaption>" +
         escape(figure.caption) + "</figcaption></figure>\n";
}

std::string figures_html(std::span<const Figure> figures,
                         std::initializer_list<std::string_view> prefixes) {
  std::string text;
  for (const auto& figure : figures)
    if (std::ranges::any_of(prefixes, [&](auto prefix) { return figure.name.starts_with(prefix); }))
      text += figure_html(figure);
  return text.empty() ? text : "<div class=\"figures\">\n" + text + "</div>\n";
}

std::string drawing_html(const Graph& graph) {
  return "<div class=\"wide drawing\">" + draw(graph) + "</div>\n";
}

std::string objective_text(const std::string& name, double value) {
  if (name == "error_rate") return percent(value);
  if (name == "sensitivity") return number(value);
  return grouped(static_cast<std::int64_t>(value));
}

std::vector<const CandidateEntry*> front(const SearchEntry& search) {
  std::vector<const CandidateEntry*> entries;
  for (const auto& candidate : search.candidates)
    if (candidate.is_on_front) entries.push_back(&candidate);
  std::ranges::sort(entries, {}, [](const auto* entry) { return entry->objectives[0]; });
  return entries;
}

std::string candidate_html(const CandidateEntry& entry) {
  const auto made = entry.parent < 0 ? "start network"
                                     : "child of " + std::to_string(entry.parent) + ": " +
                                           join(entry.operators, "; ");
  return "<h3>Network " + std::to_string(entry.id) + "</h3>\n<p>" + escape(made) + "</p>\n" +
         drawing_html(entry.graph);
}

std::string search_html(const SearchEntry& search, std::span<const Figure> figures) {
  std::vector<std::string> head = {"network", "generation", "parameters"};
  for (const auto& name : search.objectives) head.push_back(escape(spaced(name)));
  Rows rows;
  std::string drawings;
  for (const auto* entry : front(search)) {
    std::vector<std::string> cells = {std::to_string(entry->id), std::to_string(entry->generation),
                                      grouped(count_parameters(entry->graph))};
    for (std::size_t i = 0; i < search.objectives.size(); ++i)
      cells.push_back(objective_text(search.objectives[i], entry->objectives[i]));
    rows.push_back(cells);
    drawings += candidate_html(*entry);
  }
  const auto title = std::to_string(search.candidates.size()) + " networks trained, " +
                     std::to_string(rows.size()) + " on the front (not dominated in any of " +
                     std::to_string(search.objectives.size()) + " objectives).";
  return section(
      "Search", "<p>" + title + "</p>\n" + figures_html(figures, {"front_", "hypervolume"}) +
                    table(head, rows) + details("Drawings of the networks on the front", drawings));
}

std::string accuracy(const std::optional<Counted>& counted) {
  if (!counted || counted->total == 0) return "–";
  const auto correct = static_cast<std::uint64_t>(counted->correct),
             total = static_cast<std::uint64_t>(counted->total);
  return percent(static_cast<double>(correct) / static_cast<double>(total),
                 wilson(correct, total)) +
         " <small>of " + grouped(counted->total) + "</small>";
}

std::string networks_table(std::span<const NetworkEntry> networks) {
  Rows rows;
  for (const auto& network : networks) {
    std::vector<std::string> cells = {
        escape(network.name),          "–", "–", "–", "–", accuracy(network.float_test),
        accuracy(network.integer_test)};
    if (network.graph) {
      cells[1] = grouped(count_parameters(*network.graph));
      cells[2] = grouped(count_macs(*network.graph));
      cells[3] = number(sensitivity(*network.graph).single);
      cells[4] = number(flip_amplitude(*network.graph).mean);
    }
    rows.push_back(cells);
  }
  return table({"network", "parameters", "MACs", "sensitivity index, single", "flip amplitude",
                "accuracy, float", "accuracy, integer"},
               rows);
}

std::vector<std::string> outcome_cells(const OutcomeSummary& count) {
  std::vector<std::string> cells = {grouped(static_cast<std::int64_t>(count.trials()))};
  for (int kind = 0; kind < kOutcomeKinds; ++kind) {
    const auto outcome = static_cast<OutcomeKind>(kind);
    cells.push_back(outcome == OutcomeKind::sdc ? percent(count.share(outcome), count.sdc)
                                                : percent(count.share(outcome)));
  }
  return cells;
}

// What the drawn faults of a campaign do; those of a list may all be different.
std::string faults_html(const nlohmann::json& config) {
  if (!config.contains("fault-bits") || !config.contains("effect")) return {};
  const auto width = config.at("fault-bits").get<int>();
  const auto bits = width == 0   ? std::string("whole registers")
                    : width == 1 ? std::string("single bits")
                                 : std::to_string(width) + " neighbouring bits";
  return "<p>Faults: " + bits + ", " + spaced(escape(config.at("effect").get<std::string>())) +
         ".</p>\n";
}

std::string outcomes_table(const NetworkEntry& network) {
  Rows rows;
  for (const auto& site : network.campaign.sites) {
    rows.push_back({spaced(name_of(site.site))});
    const auto cells = outcome_cells(site.sum);
    rows.back().insert(rows.back().end(), cells.begin(), cells.end());
    rows.back().push_back(percent(site.sum.share(OutcomeKind::sdc), site.sum.sdc_images));
  }
  return table({"fault site", "trials", "masked at site", "masked in layer", "masked later",
                "benign", "SDC, these images", "SDC, images like these"},
               rows) +
         faults_html(network.campaign.origin.config) + "<p>SDC: " +
         escape(describe(network.campaign.result.sampling, network.campaign.result.is_sequential,
                         network.campaign.result.is_permanent,
                         network.campaign.result.faults_per_trial)) +
         (network.campaign.result.sampling == Sampling::list
              ? ""
              : std::string("; ") + kImageEstimator) +
         ".</p>\n";
}

// Those whose interval begins highest; one failure of a channel may be chance.
std::vector<OutcomeGroup> worst_channels(const NetworkEntry& network) {
  auto channels = groups_of(network, Grouping::channel);
  std::erase_if(channels, [](auto& channel) { return channel.sum[OutcomeKind::sdc] < 2; });
  std::ranges::stable_sort(channels, std::greater(),
                           [](const OutcomeGroup& channel) { return channel.sum.sdc.low; });
  channels.resize(std::min(kWorstChannels, channels.size()));
  return channels;
}

std::string worst_channels_html(const NetworkEntry& network) {
  Rows rows;
  for (const auto& [site, layer, channel, sum] : worst_channels(network))
    rows.push_back({spaced(name_of(site)), escape(network.campaign.layers.at(layer)),
                    std::to_string(channel), grouped(static_cast<std::int64_t>(sum.trials())),
                    percent(sum.share(OutcomeKind::sdc), sum.sdc)});
  if (rows.empty()) return {};
  const auto all = groups_of(network, Grouping::channel).size();
  return details("Channels most likely to fail",
                 table({"fault site", "layer", "channel", "trials", "SDC, these images"}, rows) +
                     "<p>Of " + grouped(static_cast<std::int64_t>(all)) +
                     " channels with trials those whose interval begins highest; the intervals do "
                     "not allow for the choice.</p>\n");
}

std::string rate_text(double rate) {
  if (rate == 0) return "lowest rate or below";
  return std::isinf(rate) ? "none of the rates" : number(rate);
}

std::string exact_table(const ExhaustiveFile& file) {
  Rows rows;
  const bool has_interval = file.result.images() > 1;
  for (const auto& [site, layer, index, sum] : exhaustive_groups(file.result)) {
    rows.push_back({spaced(name_of(site)), grouped(static_cast<std::int64_t>(sum.trials()))});
    for (int kind = 0; kind < kOutcomeKinds; ++kind)
      rows.back().push_back(percent(sum.share(static_cast<OutcomeKind>(kind))));
    rows.back().push_back(has_interval ? percent(sum.share(OutcomeKind::sdc), sum.sdc_images)
                                       : "–");
  }
  return table({"fault site, all faults", "faults", "masked at site", "masked in layer",
                "masked later", "benign", "SDC, these images", "SDC, images like these"},
               rows) +
         "<p>" + grouped(file.result.images()) + " images; " + escape(kExactEstimator) + ".</p>\n";
}

std::string rises_table(const CampaignResult& campaign) {
  Rows rows;
  for (const auto& [site, rise, rate, interval] : rise_rates(error_curve(campaign), campaign.rises))
    rows.push_back({spaced(name_of(site)), number(100 * rise), rate_text(rate),
                    rate_text(interval.low) + " to " + rate_text(interval.high)});
  return table({"fault site", "rise of the error, points", "bit error rate of a rise", "95 %"},
               rows) +
         "<p>Curve: " + kCurveEstimator + ".</p>\n";
}

std::string networks_html(std::span<const NetworkEntry> networks, std::span<const Figure> figures) {
  std::string text = networks_table(networks);
  for (const auto& network : networks) {
    text += "<h3>" + escape(network.name) + "</h3>\n";
    if (network.graph) text += drawing_html(*network.graph);
    if (!network.campaign.sites.empty()) text += outcomes_table(network);
    if (!network.campaign.result.curve.empty()) text += rises_table(network.campaign.result);
    text += worst_channels_html(network);
    if (network.exhaustive) text += exact_table(*network.exhaustive);
  }
  return section("Networks", text) +
         section("Resilience",
                 figures_html(figures, {"curve_", "prediction", "sensitivity_"}) +
                     "<p>Below each network's table stands what its shares and intervals are of; "
                     "intervals are at 95 %.</p>\n" +
                     figures_html(figures, {"layers_", "classes_", "array_", "exact_"}));
}

std::string points(const nlohmann::ordered_json& value, const nlohmann::ordered_json& interval) {
  return number(100 * value.get<double>()) + " <small>[" + number(100 * interval[0].get<double>()) +
         ", " + number(100 * interval[1].get<double>()) + "]</small>";
}

// Pairs of networks, site by site and rate by rate.
std::string comparison_html(const nlohmann::ordered_json& comparison) {
  if (comparison.is_null()) return {};
  Rows sites, curve;
  for (const auto& pair : comparison["differences"]) {
    const auto name = escape(pair["second"].get<std::string>()) + " less " +
                      escape(pair["first"].get<std::string>());
    for (const auto& site : pair["sites"])
      sites.push_back({name, spaced(site["site"].get<std::string>()),
                       points(site["difference"], site["interval"]),
                       points(site["difference"], site["images_interval"]),
                       site["pairing"].get<std::string>()});
    for (const auto& point : pair["curve"])
      curve.push_back({name, spaced(point["site"].get<std::string>()),
                       number(point["rate"].get<double>()),
                       points(point["difference"], point["interval"])});
  }
  std::string text;
  if (!sites.empty())
    text += table({"networks", "fault site", "SDC, these images, points",
                   "SDC, images like these, points", "paired by"},
                  sites);
  if (!curve.empty())
    text += table({"networks", "fault site", "bit error rate", "error, points"}, curve);
  return section("Comparison",
                 text + "<p>" + escape(comparison["pairing"].get<std::string>()) + ".</p>\n");
}

std::string configuration_html(const ReportContent& content) {
  Rows rows;
  for (const auto& [name, version] : library_versions())
    rows.push_back({escape(name), escape(version)});
  return section("Configuration and versions",
                 table({"library", "version"}, rows) +
                     details("Resolved options of every input",
                             "<pre>" + escape(content.config.dump(2)) + "</pre>"));
}

}  // namespace

std::string html_page(const ReportContent& content, std::span<const Figure> figures) {
  std::string inputs;
  for (const auto& input : content.inputs) inputs += (inputs.empty() ? "" : ", ") + escape(input);
  std::string body = "<header><h1>citrine report</h1><p>" + inputs + "</p></header>\n<main>\n";
  if (content.search) body += search_html(*content.search, figures);
  if (!content.networks.empty()) body += networks_html(content.networks, figures);
  body += comparison_html(content.comparison);
  body += configuration_html(content) + "</main>\n";
  return std::string(
             "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n<title>citrine "
             "report</title>\n<style>\n") +
         kPageStyle + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
}

}  // namespace citrine
