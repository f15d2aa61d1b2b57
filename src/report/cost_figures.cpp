#include "report/cost_figures.h"

#include <algorithm>
#include <array>

#include "objectives/flip_amplitude.h"
#include "report/gnuplot.h"

namespace citrine {
namespace {

constexpr int kWidth = 940, kPanelHeight = 190, kAbove = 75, kBelow = 110;

int bars_height(int panels) { return kPanelHeight * panels + kAbove + kBelow; }

// Room for the names under the last panel, and a bar for each layer.
void begin_bars(GnuplotScript& script, int panels) {
  const double height = bars_height(panels);
  script.line("set multiplot layout ", panels, ",1 margins 0.09,0.99,", kBelow / height, ",",
              1 - kAbove / height, " spacing 0,", 45 / height);
  script.line("set boxwidth 0.85").line("set autoscale xfix").line("set offsets 0.6, 0.6, 0, 0");
  script.line("set yrange [0:*]").line("set style fill solid 1 noborder");
  script.line("set xtics rotate by 90 right font ',9'").line("unset grid").line("unset key");
}

// Names are shown under the last panel alone.
std::string bar_label(const Graph& graph, int node) { return gnuplot_text(graph.node(node).name); }

void begin_panel(GnuplotScript& script, const std::string& title, const std::string& unit,
                 bool is_last) {
  script.line("set title '", title, "' offset 0,-0.6").line("set ylabel '", unit, "' offset 1");
  script.line("set xtics format ", is_last ? "'%s'" : "''");
}

// Row, cumulated KiB of inputs, weights, partial sums and outputs, kilocycles, energy in uJ.
std::vector<std::string> layer_rows(const Graph& graph, const Cost& cost) {
  std::vector<std::string> rows;
  int place = 0;
  for (const auto& layer : cost.layers) {
    std::string text = row(place++);
    double below = 0;
    for (const auto bits :
         {layer.traffic.input, layer.traffic.weights, layer.traffic.partial, layer.traffic.output})
      text += row(below += static_cast<double>(bits) / 8192);
    rows.push_back(text + row(static_cast<double>(layer.cycles) / 1e3, layer.energy_pj / 1e6) +
                   bar_label(graph, layer.node));
  }
  return rows;
}

Figure layer_bars(const Graph& graph, const Cost& cost, const Accelerator& accelerator) {
  constexpr int kPanels = 3;
  GnuplotScript script(kWidth, bars_height(kPanels));
  script.block("layers", layer_rows(graph, cost));
  begin_bars(script, kPanels);
  begin_panel(script, "cycles of the array", "10^3", false);
  script.line("plot $layers using 1:6:xticlabels('') with boxes lc rgb '", kSeries[0], "' notitle");
  begin_panel(script, "transfer", "KiB", false);
  script.line("set key at screen 0.5,0.985 center top horizontal maxrows 1 samplen 1");
  const char* names[] = {"inputs", "weights", "partial sums", "outputs"};
  std::string plots;
  for (int part = 3; part >= 0; --part)
    plots += (plots.empty() ? "$layers using 1:" : ", $layers using 1:") +
             std::to_string(part + 2) + ":xticlabels('') with boxes lc rgb '" +
             std::string(kSeries[part]) + "' title '" + names[part] + "'";
  script.line("plot ", plots).line("unset key");
  begin_panel(script, "energy", "uJ", true);
  script.line("plot $layers using 1:7:xticlabels(8) with boxes lc rgb '", kSeries[3], "' notitle");
  script.line("unset multiplot");
  return {"layers",
          "Cycles, transfer and energy of each layer on " + accelerator.name + ".",
          script.text(),
          {}};
}

// Operations a byte, 10^9 operations a second that are reached, and the name.
std::vector<std::string> roofline_rows(const Graph& graph, const Cost& cost) {
  std::vector<std::string> rows;
  for (const auto& layer : cost.layers) {
    if (layer.macs == 0 || layer.transfer_bytes == 0) continue;
    const double operations = 2.0 * static_cast<double>(layer.macs);
    rows.push_back(row(operations / static_cast<double>(layer.transfer_bytes),
                       operations / layer.seconds / 1e9) +
                   bar_label(graph, layer.node));
  }
  return rows;
}

double most_operations_a_byte(const Cost& cost) {
  double most = 0;
  for (const auto& layer : cost.layers)
    if (layer.transfer_bytes > 0)
      most = std::max(
          most, 2.0 * static_cast<double>(layer.macs) / static_cast<double>(layer.transfer_bytes));
  return most;
}

Figure roofline(const Graph& graph, const Cost& cost, const Accelerator& accelerator) {
  const double peak = 2.0 * accelerator.rows * accelerator.columns * accelerator.clock_hz / 1e9;
  const double bandwidth = accelerator.memory_bytes_per_s / 1e9;
  GnuplotScript script(620, 420);
  script.block("layers", roofline_rows(graph, cost));
  script.line("set logscale xy").line("set offsets 0, 0, graph 0.1, 0");
  script.line("set xlabel 'operations a byte'").line("set ylabel '10^9 operations/s'");
  const double ridge = peak / bandwidth;
  script.line("set xrange [", std::min(0.1, ridge / 10), ":",
              std::max(10 * ridge, 2 * most_operations_a_byte(cost)), "]");
  script.line("set samples 500");
  script.line("peak = ", peak).line("bandwidth = ", bandwidth);
  script.line("roof(x) = bandwidth * x < peak ? bandwidth * x : peak");
  script.line("plot roof(x) with lines lw 2 lc rgb '", kSeries[1],
              "' title 'array and memory of ' . ", gnuplot_text(accelerator.name),
              ", $layers using 1:2 with points pt 7 ps 0.5 lc rgb '", kSeries[0],
              "' title 'layers'");
  return {"roofline",
          "Speed that each layer reaches, over its operations for a byte of transfer; the roof is "
          "the array's peak and what the memory can feed.",
          script.text(),
          {}};
}

// Row, the layer's part in each form of the index and in the flip amplitude, in per cent of it.
std::vector<std::string> sensitivity_rows(const Graph& graph, const Sensitivity& index,
                                          const FlipAmplitude& flips) {
  constexpr std::size_t kForms = 4;
  std::vector<std::array<double, kForms>> parts;
  std::array<double, kForms> sums = {};
  for (std::size_t i = 0; i < index.layers.size(); ++i) {
    const auto& layer = index.layers[i];
    const auto neurons = static_cast<double>(layer.neurons);
    parts.push_back({layer.share / neurons, layer.share * layer.share / neurons, layer.share,
                     neurons * flips.layers[i].amplitude});
    for (std::size_t form = 0; form < kForms; ++form) sums[form] += parts.back()[form];
  }
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto text = row(i);
    for (std::size_t form = 0; form < kForms; ++form)
      text += row(100 * parts[i][form] / sums[form]);
    rows.push_back(text + bar_label(graph, index.layers[i].node));
  }
  return rows;
}

}  // namespace

std::vector<Figure> sensitivity_figures(const Graph& graph, const Sensitivity& index,
                                        const std::string& name) {
  if (index.layers.empty()) return {};
  constexpr int kPanels = 4;
  GnuplotScript script(kWidth, bars_height(kPanels));
  script.block("layers", sensitivity_rows(graph, index, flip_amplitude(graph)));
  begin_bars(script, kPanels);
  const char* forms[kPanels] = {"index, mean", "index, variance", "index, single",
                                "flip amplitude"};
  for (int form = 0; form < kPanels; ++form) {
    const bool is_last = form + 1 == kPanels;
    begin_panel(script, forms[form], "%", is_last);
    script.line("plot $layers using 1:", form + 2, ":xticlabels(", is_last ? "6" : "''",
                ") with boxes lc rgb '", kSeries[form], "' notitle");
  }
  script.line("unset multiplot");
  return {{"sensitivity_" + name,
           "Where the sensitivity of " + name +
               " comes from: each stored layer's part in the forms of the index and in the flip "
               "amplitude.",
           script.text(),
           {}}};
}

std::vector<Figure> cost_figures(const Graph& graph, const Cost& cost,
                                 const Accelerator& accelerator) {
  if (cost.cycles == 0 || most_operations_a_byte(cost) == 0) return {};
  return {roofline(graph, cost, accelerator), layer_bars(graph, cost, accelerator)};
}

}  // namespace citrine
