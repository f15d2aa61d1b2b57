#include "report/network_figures.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "faultsim/error_curve.h"
#include "graph/words.h"
#include "objectives/flip_amplitude.h"
#include "objectives/sensitivity.h"
#include "report/cost_figures.h"
#include "report/gnuplot.h"
#include "report/group_figures.h"

namespace citrine {
namespace {

std::string series(std::size_t index) { return std::string(kSeries[index % std::size(kSeries)]); }

// Sites with a point that can be drawn: a rate of 0 has no place on a logarithmic axis.
std::set<Site> curve_sites(std::span<const NetworkEntry> networks) {
  std::set<Site> sites;
  for (const auto& network : networks)
    for (const auto& point : network.campaign.result.curve)
      if (point.rate > 0 && point.images > 0) sites.insert(point.site);
  return sites;
}

// Rate, mean, and the ends of the interval, in per cent.
std::vector<std::string> band_rows(const CampaignResult& campaign, Site site) {
  std::vector<std::string> rows;
  for (const auto& band : curve_bands(campaign.curve))
    if (band.site == site && band.rate > 0)
      rows.push_back(
          row(band.rate, 100 * band.mean, 100 * band.interval.low, 100 * band.interval.high));
  return rows;
}

// Error of each rise at its rate, and the ends of the interval within the rates; those that no
// rate of the curve reaches have no place.
std::vector<std::string> rise_rows(const CampaignResult& campaign, Site site) {
  double lowest = HUGE_VAL, highest = 0;
  for (const auto& point : campaign.curve) {
    if (point.site != site || point.rate <= 0) continue;
    lowest = std::min(lowest, point.rate);
    highest = std::max(highest, point.rate);
  }
  const auto curve = error_curve(campaign);
  std::vector<std::string> rows;
  for (const auto& [where, rise, rate, interval] : rise_rates(curve, campaign.rises))
    if (where == site && rate > 0 && std::isfinite(rate))
      rows.push_back(row(rate, 100 * (curve.fault_free + rise), std::max(lowest, interval.low),
                         std::min(highest, interval.high)));
  return rows;
}

Figure curve_figure(std::span<const NetworkEntry> networks, Site site) {
  GnuplotScript script(460, 360);
  std::string bands, marks;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto rows = band_rows(networks[i].campaign.result, site);
    if (rows.empty()) continue;
    const auto name = "curve" + std::to_string(i), colour = " lc rgb '" + series(i) + "' ";
    script.block(name, rows);
    bands += (bands.empty() ? "$" : ", $") + name +
             " using 1:3:4 with filledcurves fs transparent solid 0.18" + colour + "notitle, $" +
             name + " using 1:2 with linespoints pt 7 ps 0.4 lw 1.5" + colour + "title " +
             gnuplot_text(networks[i].name);
    const auto rises = rise_rows(networks[i].campaign.result, site);
    if (rises.empty()) continue;
    script.block("rise" + std::to_string(i), rises);
    marks += ", $rise" + std::to_string(i) + " using 1:2:3:4 with xerrorbars pt 2 ps 0.7 lw 1" +
             colour + "notitle";
  }
  script.line("set logscale x").line("set format x '%.0e'");
  script.line("set xlabel 'bit error rate, per bit and inference'").line("set ylabel 'error, %'");
  script.line("set yrange [0:100]");
  script.line("plot ", bands, marks);
  return {"curve_" + std::string(name_of(site)),
          "Error over bit error rate in " + spaced(name_of(site)) +
              ": mean over seeds with its 95 % interval; crosses mark the rates at which it has "
              "risen by the amounts asked for, with theirs.",
          script.text(),
          {}};
}

bool has_prediction(const NetworkEntry& network) {
  return network.graph && !network.campaign.sites.empty() &&
         network.campaign.result.sampling != Sampling::list;
}

// Memory faults reach every stored neuron, which is what the index speaks of; without them, the
// first site that was measured.
Site measured_site(std::span<const NetworkEntry> networks) {
  std::vector<Site> measured;
  for (const auto& network : networks)
    if (has_prediction(network))
      std::ranges::transform(network.campaign.sites, std::back_inserter(measured),
                             &SiteSummary::site);
  const auto memory = std::ranges::find(measured, Site::activation_memory);
  return memory != measured.end() ? *memory : measured.front();
}

// One point a network, in the network's colour.
Figure prediction_figure(std::span<const NetworkEntry> networks) {
  const Site site = measured_site(networks);
  GnuplotScript script(460, 380);
  std::string plots;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    if (!has_prediction(networks[i])) continue;
    const auto& sites = networks[i].campaign.sites;
    const auto found = std::ranges::find(sites, site, &SiteSummary::site);
    if (found == sites.end()) continue;
    const auto& sdc = found->sum[OutcomeKind::sdc];
    const auto name = "network" + std::to_string(i);
    script.block(name, {row(flip_amplitude(*networks[i].graph).mean, 100 * sdc.share,
                            100 * sdc.interval.low, 100 * sdc.interval.high)});
    plots += (plots.empty() ? "" : ", ") + ("$" + name) +
             " using 1:2:3:4 with yerrorbars pt 7 ps 0.6 lw 1.2 lc rgb '" + series(i) + "' title " +
             gnuplot_text(networks[i].name);
  }
  script.line("set logscale x").line("set format x '%.1e'").line("set xtics rotate by -30");
  script.line("set xlabel 'flip amplitude, predicted'");
  script.line("set ylabel 'SDC of faults in ", spaced(name_of(site)), ", %'");
  script.line("set offsets graph 0.15, graph 0.15, graph 0.1, graph 0");
  script.line("plot ", plots);
  return {"prediction",
          "Predicted against measured resilience: SDC share of the campaign's faults in " +
              spaced(name_of(site)) +
              " with 95 % intervals, over the flip amplitude, which is of single flipped bits.",
          script.text(),
          {}};
}

}  // namespace

std::vector<Figure> network_figures(std::span<const NetworkEntry> networks) {
  std::vector<Figure> figures;
  for (const auto site : curve_sites(networks)) figures.push_back(curve_figure(networks, site));
  if (std::ranges::any_of(networks, has_prediction)) figures.push_back(prediction_figure(networks));
  for (const auto& network : networks) {
    if (network.graph)
      std::ranges::move(
          sensitivity_figures(*network.graph, sensitivity(*network.graph), network.name),
          std::back_inserter(figures));
    std::ranges::move(group_figures(network), std::back_inserter(figures));
  }
  return figures;
}

}  // namespace citrine
