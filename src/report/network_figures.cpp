#include "report/network_figures.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "faultsim/error_curve.h"
#include "graph/words.h"
#include "objectives/sensitivity.h"
#include "report/aggregate.h"
#include "report/gnuplot.h"

namespace citrine {
namespace {

constexpr std::string_view kOutcomeColours[kOutcomeKinds] = {"#aab4be", "#7fb3d5", "#4f86c0",
                                                             "#e0b34a", "#cf3f3f"};

std::string series(std::size_t index) { return std::string(kSeries[index % std::size(kSeries)]); }

// Sites with a point that can be drawn: a rate of 0 has no place on a logarithmic axis.
std::set<Site> curve_sites(std::span<const NetworkEntry> networks) {
  std::set<Site> sites;
  for (const auto& network : networks)
    for (const auto& point : network.campaign.curve)
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
    const auto rows = band_rows(networks[i].campaign, site);
    if (rows.empty()) continue;
    const auto name = "curve" + std::to_string(i), colour = " lc rgb '" + series(i) + "' ";
    script.block(name, rows);
    bands += (bands.empty() ? "$" : ", $") + name +
             " using 1:3:4 with filledcurves fs transparent solid 0.18" + colour + "notitle, $" +
             name + " using 1:2 with linespoints pt 7 ps 0.4 lw 1.5" + colour + "title " +
             gnuplot_text(networks[i].name);
    const auto rises = rise_rows(networks[i].campaign, site);
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

// One stacked bar a layer; columns: layer, the cumulated shares of the outcomes, where SDC begins
// at the ends of its interval, the layer's label with its trials.
std::vector<std::string> stacked_rows(
    const std::map<std::pair<Site, std::uint32_t>, OutcomeCounts>& counts, Site site) {
  std::vector<std::string> rows;
  for (const auto& [where, count] : counts) {
    if (where.first != site) continue;
    std::string text = row(where.second);
    double sum = 0;
    for (int kind = 0; kind < kOutcomeKinds; ++kind)
      text += row(sum += 100 * count.share(static_cast<OutcomeKind>(kind)));
    const auto interval = count.interval(OutcomeKind::sdc);
    text += row(100 - 100 * interval.high, 100 - 100 * interval.low);
    rows.push_back(text + gnuplot_text(std::to_string(where.second) + " (" +
                                       std::to_string(count.trials()) + ")"));
  }
  return rows;
}

// The last kind is drawn first and the others over it, so that each shows its own share. SDC is the
// last; its interval is a bar with ends, as vectors: the points of yerrorbars have a white halo.
std::string stacked_plot(const std::string& block) {
  static_assert(static_cast<int>(OutcomeKind::sdc) == kOutcomeKinds - 1);
  std::string plots;
  for (int kind = kOutcomeKinds - 1; kind >= 0; --kind)
    plots += "$" + block + " using 1:" + std::to_string(kind + 2) + ":xticlabels(9)" +
             " with boxes fs solid 1 noborder lc rgb '" + std::string(kOutcomeColours[kind]) +
             "' title '" + spaced(name_of(static_cast<OutcomeKind>(kind))) + "', ";
  return plots + "$" + block +
         " using 1:7:(0):($8-$7) with vectors heads size screen 0.004,90 lw 1.2 lc rgb '#202428'"
         " notitle";
}

Figure layer_figure(const NetworkEntry& network) {
  const auto counts = count_by_layer(network.campaign);
  const auto sites = sites_of(network.campaign.rows);
  const int panel_rows = (static_cast<int>(sites.size()) + 1) / 2;
  const int height = 70 + 250 * panel_rows;
  const auto share = [&](int pixels) { return 1.0 * pixels / height; };
  GnuplotScript script(940, height);
  for (const auto site : sites)
    script.block(std::string(name_of(site)), stacked_rows(counts, site));
  script.line("set multiplot layout ", panel_rows, ",2 margins 0.08,0.99,", share(105), ",",
              1 - share(70), " spacing 0.09,", share(95));
  script.line("set boxwidth 0.85").line("set yrange [0:100]").line("set ylabel '%' offset 1");
  script.line("unset grid").line("unset key").line("set autoscale xfix");
  script.line("set xtics rotate by 90 right font ',10'");
  script.line("set offsets 0.6, 0.6, 0, 0");
  for (std::size_t i = 0; i < sites.size(); ++i) {
    script.line("set title '", spaced(name_of(sites[i])), "' offset 0,-0.6");
    script.line("set xlabel ", i + 2 >= sites.size()
                                   ? "'layer of the integer network (trials)' offset 0,2"
                                   : "''");
    if (i == 0) script.line("set key at screen 0.5,0.985 center top vertical maxrows 1 samplen 1");
    if (i == 1) script.line("unset key");
    script.line("plot ", stacked_plot(std::string(name_of(sites[i]))));
  }
  script.line("unset multiplot");
  return {"layers_" + network.name,
          "Outcome shares by layer and fault site in " + network.name +
              ", with 95 % intervals of SDC; trials in brackets.",
          script.text(),
          {}};
}

bool has_prediction(const NetworkEntry& network) {
  return network.graph && !network.campaign.rows.empty();
}

// Memory faults reach every stored neuron, which is what the index speaks of; without them, the
// first site that was measured.
Site measured_site(std::span<const NetworkEntry> networks) {
  std::vector<Site> measured;
  for (const auto& network : networks)
    if (has_prediction(network))
      std::ranges::copy(sites_of(network.campaign.rows), std::back_inserter(measured));
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
    const auto counts = count_by_site(networks[i].campaign);
    if (!counts.contains(site)) continue;
    const auto& count = counts.at(site);
    const auto interval = count.interval(OutcomeKind::sdc);
    const auto name = "network" + std::to_string(i);
    script.block(name,
                 {row(sensitivity(*networks[i].graph).mean, 100 * count.share(OutcomeKind::sdc),
                      100 * interval.low, 100 * interval.high)});
    plots += (plots.empty() ? "" : ", ") + ("$" + name) +
             " using 1:2:3:4 with yerrorbars pt 7 ps 0.6 lw 1.2 lc rgb '" + series(i) + "' title " +
             gnuplot_text(networks[i].name);
  }
  script.line("set logscale x").line("set format x '%.1e'").line("set xtics rotate by -30");
  script.line("set xlabel 'Architecture Sensitivity Index (mean), predicted'");
  script.line("set ylabel 'SDC of ", spaced(name_of(site)), " flips, %'");
  script.line("set offsets graph 0.15, graph 0.15, graph 0.1, graph 0");
  script.line("plot ", plots);
  return {"prediction",
          "Predicted against measured resilience: SDC share of single bit flips in " +
              spaced(name_of(site)) + " with 95 % intervals, over the index.",
          script.text(),
          {}};
}

}  // namespace

std::vector<Figure> network_figures(std::span<const NetworkEntry> networks) {
  std::vector<Figure> figures;
  for (const auto site : curve_sites(networks)) figures.push_back(curve_figure(networks, site));
  if (std::ranges::any_of(networks, has_prediction)) figures.push_back(prediction_figure(networks));
  for (const auto& network : networks)
    if (!network.campaign.rows.empty()) figures.push_back(layer_figure(network));
  return figures;
}

}  // namespace citrine
