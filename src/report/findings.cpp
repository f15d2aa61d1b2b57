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

std::vector<std::string> outcome_cells(const OutcomeSummary& count) {
  std::vector<std::string> cells = {grouped(static_cast<std::int64_t>(count.trials()))};
  for (int kind = 0; kind < kOutcomeKinds; ++kind) {
    const auto outcome = static_cast<OutcomeKind>(kind);
    cells.push_back(outcome == OutcomeKind::sdc ? percent(count.share(outcome), count.sdc)
                                                : percent(count.share(outcome)));
  }
  return cells;
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

// Other failures than SDC of all trials, and SDC of those on images that were right.
std::string failures_table(const NetworkEntry& network) {
  Rows rows;
  for (const auto& site : network.campaign.sites) {
    rows.push_back({spaced(name_of(site.site))});
    for (const auto& [trials, share, interval, images_interval] : site.sum.failures)
      rows.back().push_back(percent(share, interval));
    rows.back().push_back(grouped(static_cast<std::int64_t>(site.right)));
    rows.back().push_back(site.right > 0 ? percent(site.right_sdc_share, site.right_sdc_interval)
                                         : "–");
  }
  return table({"fault site", "SDC-5", "confidence down over 10 points", "over 20 points",
                "trials on images right without faults", "SDC of them"},
               rows) +
         "<p>SDC-5: the fault-free top class leaves the five best. Confidence: softmax of the "
         "fault-free top class. All of these images.</p>\n";
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
         failures_table(network) + faults_html(network.campaign.origin.config) +
         layers_html(network.campaign.origin.config) + "<p>SDC: " +
         escape(describe(network.campaign.result.sampling, network.campaign.result.is_sequential,
                         network.campaign.result.is_permanent,
                         network.campaign.result.faults_per_trial)) +
         (network.campaign.result.sampling == Sampling::list
              ? ""
              : std::string("; ") + kImageEstimator) +
         ".</p>\n";
}

// Those whose interval begins highest; one failure of a channel may be chance. Those of a list have
// none.
std::vector<OutcomeGroup> worst_channels(const NetworkEntry& network) {
  auto channels = groups_of(network, Grouping::channel);
  std::erase_if(channels, [](const OutcomeGroup& channel) {
    return channel.sum[OutcomeKind::sdc] < 2 || !channel.sum.sdc.is_known();
  });
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
  const auto right = exhaustive_groups(right_part(file.result));
  for (const auto& [site, layer, index, sum] : exhaustive_groups(file.result)) {
    rows.push_back({spaced(name_of(site)), grouped(static_cast<std::int64_t>(sum.trials()))});
    for (int kind = 0; kind < kOutcomeKinds; ++kind)
      rows.back().push_back(percent(sum.share(static_cast<OutcomeKind>(kind))));
    rows.back().push_back(has_interval ? percent(sum.share(OutcomeKind::sdc), sum.sdc_images)
                                       : "–");
    const auto of_right = std::ranges::find(right, site, &OutcomeGroup::site);
    rows.back().push_back(of_right == right.end() ? "–"
                                                  : percent(of_right->sum.share(OutcomeKind::sdc)));
  }
  return table({"fault site, all faults", "faults", "masked at site", "masked in layer",
                "masked later", "benign", "SDC, these images", "SDC, images like these",
                "SDC, these images if right without faults"},
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
  if (!network.campaign.sites.empty()) text += outcomes_table(network);
  if (!network.campaign.result.curve.empty()) text += rises_table(network.campaign.result);
  text += worst_channels_html(network);
  if (network.exhaustive) text += exact_table(*network.exhaustive);
  return text;
}

}  // namespace citrine
