#include "report/findings.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "faultsim/error_curve.h"
#include "faultsim/exhaustive_groups.h"
#include "graph/words.h"
#include "report/html.h"

namespace citrine {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kWorstChannels = 10;  // that the page names
constexpr char kFailureNotes[] =
    "<p>SDC-5: the fault-free top class leaves the five best. Confidence: softmax of the "
    "fault-free top class.</p>\n";

// Shares of each site's events; `unit`: what is counted.
template <class Sites>
std::string shares_html(const Sites& sites, const std::string& head, const std::string& unit) {
  constexpr Event kEnds[] = {Event::masked(), OutcomeKind::benign, OutcomeKind::sdc};
  constexpr Event kMasked[] = {OutcomeKind::masked_at_site, OutcomeKind::masked_in_layer,
                               OutcomeKind::masked_later};
  constexpr Event kOthers[] = {Failure::sdc5, Failure::drop10, Failure::drop20};
  Rows ends, parts, others;
  for (const auto& site : sites) {
    const auto& sum = site.sum;
    for (auto* rows : {&ends, &parts, &others}) rows->push_back({spaced(name_of(site.site))});
    const auto add = [&](Rows& rows, Event event) {
      rows.back().push_back(percent(sum[event].share, sum[event].interval));
    };
    ends.back().push_back(grouped(static_cast<std::int64_t>(sum.trials())));
    for (const Event event : kEnds) add(ends, event);
    ends.back().push_back(percent(sum[OutcomeKind::sdc].images_interval));
    for (const Event event : kMasked) parts.back().push_back(percent(sum[event].share));
    for (const Event event : {kEnds[0], kEnds[1]})
      parts.back().push_back(percent(sum[event].images_interval));
    for (const Event event : kOthers) add(others, event);
  }
  return table({head, unit, "masked", "benign", "SDC", "SDC, images like these"}, ends) +
         table({head, "masked at site", "masked in layer", "masked later",
                "masked, images like these", "benign, images like these"},
               parts) +
         table({head, "SDC-5", "confidence down over 10 points", "over 20 points"}, others);
}

std::string layers_html(const nlohmann::json& config) {
  const auto text = layers_text(config.value("layers", std::vector<std::string>()));
  return text.empty() ? text : "<p>" + escape(text) + ".</p>\n";
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

// Trials on images that are right without the fault, and trials that are right with it.
std::string right_table(const NetworkEntry& network) {
  Rows rows;
  for (const auto& site : network.campaign.sites)
    rows.push_back({spaced(name_of(site.site)), grouped(static_cast<std::int64_t>(site.right)),
                    site.right > 0 ? percent(site.right_sdc_share, site.right_sdc_interval) : "–",
                    grouped(static_cast<std::int64_t>(site.right_after))});
  return table({"fault site", "trials right without the fault", "SDC of them",
                "trials right with the fault"},
               rows);
}

std::string outcomes_html(const NetworkEntry& network) {
  const auto& result = network.campaign.result;
  const auto intervals =
      result.sampling == Sampling::list
          ? std::string()
          : std::string("; intervals beside shares are for these images; ") + kImageEstimator;
  return shares_html(network.campaign.sites, "fault site", "trials") + right_table(network) +
         faults_html(network.campaign.origin.config) + layers_html(network.campaign.origin.config) +
         "<p>Outcomes: " +
         escape(describe(result.sampling, result.is_sequential, result.is_permanent,
                         result.faults_per_trial)) +
         intervals + ".</p>\n";
}

// Those whose interval begins highest; one failure of a channel may be chance. Those of a list have
// none.
std::vector<OutcomeGroup> worst_channels(const NetworkEntry& network) {
  auto channels = groups_of(network, Grouping::channel);
  std::erase_if(channels, [](const OutcomeGroup& channel) {
    const auto& sdc = channel.sum[OutcomeKind::sdc];
    return sdc.trials < 2 || !sdc.interval.is_known();
  });
  std::ranges::stable_sort(channels, std::greater(), [](const OutcomeGroup& channel) {
    return channel.sum[OutcomeKind::sdc].interval.low;
  });
  channels.resize(std::min(kWorstChannels, channels.size()));
  return channels;
}

std::string worst_channels_html(const NetworkEntry& network) {
  Rows rows;
  for (const auto& [site, layer, channel, sum] : worst_channels(network))
    rows.push_back({spaced(name_of(site)), escape(network.campaign.layers.at(layer)),
                    std::to_string(channel), grouped(static_cast<std::int64_t>(sum.trials())),
                    percent(sum[OutcomeKind::sdc].share, sum[OutcomeKind::sdc].interval)});
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

std::string exact_html(const ExhaustiveFile& file) {
  Rows rows;
  for (const auto& [site, layer, index, sum] : right_exhaustive_groups(file.result))
    rows.push_back({spaced(name_of(site)), grouped(static_cast<std::int64_t>(sum.trials())),
                    sum.trials() > 0 ? percent(sum[OutcomeKind::sdc].share) : "–",
                    percent(sum[OutcomeKind::sdc].images_interval)});
  const std::string head = "fault site, all faults";
  return shares_html(exhaustive_groups(file.result), head, "faults") +
         table({head, "faults on images right without them", "SDC of them",
                "SDC of them, images like these"},
               rows) +
         "<p>" + grouped(file.result.images()) + " images; " + escape(kExactEstimator) + ".</p>\n" +
         layers_html(file.origin.config);
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

}  // namespace

std::string layers_text(const std::vector<std::string>& layers) {
  return layers.empty() ? std::string() : "Faults of these layers alone: " + join(layers, ", ");
}

std::string findings_html(const NetworkEntry& network) {
  std::string text;
  const bool has_outcomes = !network.campaign.sites.empty();
  if (has_outcomes) text += outcomes_html(network);
  if (!network.campaign.result.curve.empty()) text += rises_table(network.campaign.result);
  text += worst_channels_html(network);
  if (network.exhaustive) text += exact_html(*network.exhaustive);
  if (has_outcomes || network.exhaustive) text += kFailureNotes;
  return text;
}

}  // namespace citrine
