#include "report/group_figures.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <utility>

#include "faultsim/exhaustive_groups.h"
#include "graph/words.h"
#include "report/criticality_figures.h"
#include "report/gnuplot.h"

namespace citrine {
namespace {

constexpr std::string_view kOutcomeColours[kOutcomeKinds] = {"#aab4be", "#7fb3d5", "#4f86c0",
                                                             "#e0b34a", "#cf3f3f"};
constexpr std::uint32_t kMostCells = 64;  // of the array in each direction; larger ones join

using Groups = std::span<const OutcomeGroup>;

Groups groups_of(Groups groups, Site site) {
  const auto is_of = [&](const OutcomeGroup& group) { return group.site == site; };
  const auto first = std::ranges::find_if(groups, is_of);
  return {first, std::find_if_not(first, groups.end(), is_of)};
}

// In the order of the groups, each once.
std::vector<Site> sites_of(Groups groups) {
  std::vector<Site> sites;
  for (const auto& group : groups)
    if (sites.empty() || sites.back() != group.site) sites.push_back(group.site);
  return sites;
}

// Panels of a figure, two in a row, each under its site's name.
struct Panels {
  int width = 940, height = 250;  // of the figure; of a panel
  int above = 70, below = 105, between = 95;
  std::string x_label;
  std::string y_label;
  int x_raise = 0;  // of its label, towards tics that leave room
};

int figure_height(const Panels& panels, std::size_t count) {
  return panels.above + panels.height * static_cast<int>((count + 1) / 2);
}

void begin_panels(GnuplotScript& script, const Panels& panels, std::size_t count) {
  const int height = figure_height(panels, count);
  const auto share = [&](int pixels) { return 1.0 * pixels / height; };
  script.line("set multiplot layout ", (count + 1) / 2, ",2 margins 0.08,0.99,",
              share(panels.below), ",", 1 - share(panels.above), " spacing 0.09,",
              share(panels.between));
  script.line("unset grid").line("unset key").line("set ylabel '", panels.y_label, "' offset 1");
}

void begin_panel(GnuplotScript& script, const Panels& panels, const std::vector<Site>& sites,
                 std::size_t i) {
  script.line("set title '", spaced(name_of(sites[i])), "' offset 0,-0.6");
  script.line("set xlabel ", i + 2 >= sites.size() ? "'" + panels.x_label + "' offset 0," +
                                                         std::to_string(panels.x_raise)
                                                   : "''");
}

// One stacked bar a layer; columns: layer, the cumulated shares of the outcomes, the ends of
// the interval of all that are masked, where SDC begins at the ends of its own, the layer's label
// with its trials.
std::vector<std::string> stacked_rows(Groups layers) {
  std::vector<std::string> rows;
  for (const auto& [site, layer, index, sum] : layers) {
    std::string text = row(layer);
    double below = 0;
    for (int kind = 0; kind < kOutcomeKinds; ++kind)
      text += row(below += 100 * sum[static_cast<OutcomeKind>(kind)].share);
    const auto &masked = sum[Event::masked()].interval, &sdc = sum[OutcomeKind::sdc].interval;
    text += row(100 * masked.low, 100 * masked.high, 100 - 100 * sdc.high, 100 - 100 * sdc.low);
    rows.push_back(text +
                   gnuplot_text(std::to_string(layer) + " (" + std::to_string(sum.trials()) + ")"));
  }
  return rows;
}

// A bar with ends, as vectors: the points of yerrorbars have a white halo. `low` and `high`:
// columns.
std::string interval_plot(const std::string& block, int low, int high) {
  return "$" + block + " using 1:" + std::to_string(low) + ":(0):($" + std::to_string(high) + "-$" +
         std::to_string(low) +
         ") with vectors heads size screen 0.004,90 lw 1.2 lc rgb '#202428' notitle";
}

// The last kind is drawn first and the others over it, so that each shows its own share.
std::string stacked_plot(const std::string& block) {
  static_assert(static_cast<int>(OutcomeKind::sdc) == kOutcomeKinds - 1);
  std::string plots;
  for (int kind = kOutcomeKinds - 1; kind >= 0; --kind)
    plots += "$" + block + " using 1:" + std::to_string(kind + 2) + ":xticlabels(11)" +
             " with boxes fs solid 1 noborder lc rgb '" + std::string(kOutcomeColours[kind]) +
             "' title '" + spaced(name_of(static_cast<OutcomeKind>(kind))) + "', ";
  return plots + interval_plot(block, 7, 8) + ", " + interval_plot(block, 9, 10);
}

// Faults of the array have no layer.
Figure layer_figure(Groups groups, const std::string& name, const std::string& caption) {
  auto sites = sites_of(groups);
  std::erase_if(sites, is_array);
  if (sites.empty()) return {};
  const Panels panels{.x_label = "layer of the integer network", .y_label = "%", .x_raise = 2};
  GnuplotScript script(panels.width, figure_height(panels, sites.size()));
  for (const auto site : sites)
    script.block(std::string(name_of(site)), stacked_rows(groups_of(groups, site)));
  begin_panels(script, panels, sites.size());
  script.line("set boxwidth 0.85").line("set yrange [0:100]").line("set autoscale xfix");
  script.line("set xtics rotate by 90 right font ',10'").line("set offsets 0.6, 0.6, 0, 0");
  for (std::size_t i = 0; i < sites.size(); ++i) {
    begin_panel(script, panels, sites, i);
    if (i == 0) script.line("set key at screen 0.5,0.985 center top vertical maxrows 1 samplen 1");
    if (i == 1) script.line("unset key");
    script.line("plot ", stacked_plot(std::string(name_of(sites[i]))));
  }
  script.line("unset multiplot");
  return {name, caption, script.text(), {}};
}

// Class, share, ends of the interval, in per cent.
std::vector<std::string> class_rows(Groups classes) {
  std::vector<std::string> rows;
  for (const auto& [site, layer, index, sum] : classes) {
    const auto& sdc = sum[OutcomeKind::sdc];
    rows.push_back(row(index, 100 * sdc.share, 100 * sdc.interval.low, 100 * sdc.interval.high));
  }
  return rows;
}

Figure class_figure(const NetworkEntry& network) {
  const Groups groups = groups_of(network, Grouping::golden_class);
  const auto sites = sites_of(groups);
  const Panels panels{.height = 180,
                      .above = 45,
                      .below = 60,
                      .between = 70,
                      .x_label = "fault-free class of the image",
                      .y_label = "SDC, %"};
  GnuplotScript script(panels.width, figure_height(panels, sites.size()));
  for (const auto site : sites)
    script.block(std::string(name_of(site)), class_rows(groups_of(groups, site)));
  begin_panels(script, panels, sites.size());
  script.line("set boxwidth 0.7").line("set yrange [0:*]").line("set xtics 1 font ',10'");
  const auto last = std::ranges::max(groups, {}, &OutcomeGroup::index).index;
  script.line("set xrange [-0.6:", last + 0.6, "]");
  for (std::size_t i = 0; i < sites.size(); ++i) {
    begin_panel(script, panels, sites, i);
    const std::string block(name_of(sites[i]));
    script.line("plot $", block, " using 1:2 with boxes fs solid 1 noborder lc rgb '",
                kOutcomeColours[kOutcomeKinds - 1], "' notitle, ", interval_plot(block, 3, 4));
  }
  script.line("unset multiplot");
  return {"classes_" + network.name,
          "SDC share by the fault-free class of the image in " + network.name +
              ", with 95 % intervals for the images used; scales differ.",
          script.text(),
          {}};
}

// Elements side by side that one cell shows, so that the array has at most kMostCells.
std::uint32_t cell_size(std::uint32_t elements) { return (elements + kMostCells - 1) / kMostCells; }

// Column, row and share of each cell that has trials, in per cent; elements by their trials.
std::vector<std::string> cell_rows(Groups elements, const ArrayShape& array) {
  const auto width = cell_size(array.columns), height = cell_size(array.rows);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<double, double>> cells;
  for (const auto& [site, layer, index, sum] : elements) {
    auto& [hits, trials] = cells[{index / array.columns / height, index % array.columns / width}];
    hits += sum[OutcomeKind::sdc].share * static_cast<double>(sum.trials());
    trials += static_cast<double>(sum.trials());
  }
  std::vector<std::string> rows;
  rows.reserve(cells.size());
  for (const auto& [at, cell] : cells)
    rows.push_back(row((at.second + 0.5) * width - 0.5, (at.first + 0.5) * height - 0.5,
                       100 * cell.first / cell.second));
  return rows;
}

Figure array_figure(const NetworkEntry& network) {
  const Groups groups = groups_of(network, Grouping::array_element);
  const auto sites = sites_of(groups);
  const auto& array = network.campaign.result.array;
  const Panels panels{.height = 330,
                      .above = 45,
                      .below = 60,
                      .between = 80,
                      .x_label = "column",
                      .y_label = "row"};
  GnuplotScript script(panels.width, figure_height(panels, sites.size()));
  for (const auto site : sites)
    script.block(std::string(name_of(site)), cell_rows(groups_of(groups, site), array));
  begin_panels(script, panels, sites.size());
  script.line(kShareColours)
      .line("set size ratio -1")
      .line("set xrange [-0.5:", array.columns - 0.5, "]");
  script.line("set yrange [", array.rows - 0.5, ":-0.5]");
  for (std::size_t i = 0; i < sites.size(); ++i) {
    begin_panel(script, panels, sites, i);
    script.line("plot $", name_of(sites[i]), " using 1:2:(", cell_size(array.columns) / 2.0, "):(",
                cell_size(array.rows) / 2.0, "):3 ", kCells);
  }
  script.line("unset multiplot");
  return {"array_" + network.name,
          "SDC share by element of the array of " + std::to_string(array.rows) + " x " +
              std::to_string(array.columns) + " in " + network.name +
              "; elements without trials are empty, scales differ.",
          script.text(),
          {}};
}

// Bit, layer and share of each, in per cent.
std::vector<std::string> bit_rows(Groups bits) {
  std::vector<std::string> rows;
  for (const auto& [site, layer, bit, sum] : bits)
    rows.push_back(row(bit, layer, 100 * sum[OutcomeKind::sdc].share));
  return rows;
}

Figure bit_figure(Groups groups, const NetworkEntry& network) {
  const auto sites = sites_of(groups);
  const Panels panels{
      .height = 280, .above = 45, .below = 60, .between = 75, .x_label = "bit", .y_label = "layer"};
  GnuplotScript script(panels.width, figure_height(panels, sites.size()));
  for (const auto site : sites)
    script.block(std::string(name_of(site)), bit_rows(groups_of(groups, site)));
  begin_panels(script, panels, sites.size());
  script.line(kShareColours).line("set yrange [*:*] reverse").line("set autoscale fix");
  for (std::size_t i = 0; i < sites.size(); ++i) {
    begin_panel(script, panels, sites, i);
    script.line("plot $", name_of(sites[i]), " using 1:2:(0.5):(0.5):3 ", kCells);
  }
  script.line("unset multiplot");
  return {"exact_bits_" + network.name,
          "Exact SDC share by bit and layer in " + network.name + "; scales differ.",
          script.text(),
          {}};
}

}  // namespace

std::vector<Figure> group_figures(const NetworkEntry& network) {
  std::vector<Figure> figures;
  const auto add_layers = [&](Groups groups, const std::string& name, const std::string& caption) {
    if (auto figure = layer_figure(groups, name + network.name, caption); !figure.name.empty())
      figures.push_back(std::move(figure));
  };
  add_layers(groups_of(network, Grouping::layer), "layers_",
             "Outcome shares by layer and fault site in " + network.name +
                 (network.campaign.result.sampling == Sampling::list
                      ? ""
                      : ", with 95 % intervals of what is masked and of SDC") +
                 "; trials in brackets.");
  if (!groups_of(network, Grouping::golden_class).empty()) figures.push_back(class_figure(network));
  if (!groups_of(network, Grouping::array_element).empty())
    figures.push_back(array_figure(network));
  if (!network.exhaustive) return figures;
  const auto& exact = network.exhaustive->result;
  add_layers(exhaustive_groups(exact, Grouping::layer), "exact_layers_",
             "Exact outcome shares of all faults by layer and fault site in " + network.name +
                 "; in brackets how many faults, under all images.");
  figures.push_back(bit_figure(exhaustive_groups(exact, Grouping::bit), network));
  std::ranges::move(criticality_figures(*network.exhaustive, network.name),
                    std::back_inserter(figures));
  return figures;
}

}  // namespace citrine
