#include "report/page.h"

#include <algorithm>

#include "graph/words.h"
#include "objectives/cost.h"
#include "objectives/flip_amplitude.h"
#include "objectives/sensitivity.h"
#include "report/drawing.h"
#include "report/findings.h"
#include "report/html.h"
#include "report/page_style.h"
#include "report/versions.h"

namespace citrine {
namespace {

using Rows = std::vector<std::vector<std::string>>;

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

std::string networks_html(std::span<const NetworkEntry> networks, std::span<const Figure> figures) {
  std::string text = networks_table(networks);
  for (const auto& network : networks) {
    text += "<h3>" + escape(network.name) + "</h3>\n";
    if (network.graph) text += drawing_html(*network.graph);
    text += findings_html(network);
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
