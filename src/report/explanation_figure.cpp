#include "report/explanation_figure.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "graph/words.h"
#include "report/changed_maps.h"
#include "report/gnuplot.h"

namespace citrine {
namespace {

constexpr int kWidth = 1100, kChartsHeight = 505;
constexpr std::string_view kBarColour = kSeries[0], kFaultColour = kSeries[1];

double share(const LayerDifference& layer) {
  return 100.0 * static_cast<double>(layer.changed) / static_cast<double>(layer.elements);
}

double change(const LayerDifference& layer) { return layer.largest_real; }

std::string boxes(std::string_view colour, std::string_view title) {
  return " with boxes fs solid 1 noborder lc rgb '" + std::string(colour) + "' title '" +
         std::string(title) + "'";
}

class ExplanationFigure {
 public:
  ExplanationFigure(const IntegerNetwork& network, const Explanation& explanation,
                    const ExplanationTexts& texts)
      : network_(network),
        explanation_(explanation),
        texts_(texts),
        maps_(network, explanation),
        height_(kChartsHeight + maps_.height()),
        script_(kWidth, height_) {}

  std::string script(std::span<const std::int16_t> image, bool is_png) {
    script_.line("set terminal ", is_png ? "pngcairo" : "svg", " size ", kWidth, ",", height_,
                 " noenhanced background '#ffffff' font 'sans-serif,", is_png ? 10 : 13, "'");
    script_.line("set multiplot");
    script_.line("set label 1 ", gnuplot_text(texts_.title), " at screen 0.014,", at(20),
                 " font ',", is_png ? 13 : 17, "'");
    script_.line("set label 2 ", gnuplot_text(texts_.subtitle), " at screen 0.014,", at(46));
    const int letters = network_.layers.size() > 40 ? 7 : 10;
    script_.line("set boxwidth 0.8; set xtics rotate by 90 right scale 0 font ',", letters, "'");
    draw_bars(share, "changed elements, %", 95, false);
    script_.line("unset label 1; unset label 2");
    draw_bars(change, "largest change, real", 245, true);
    draw_logits();
    maps_.draw(script_, image, kChartsHeight, height_);
    return script_.line("unset multiplot").text();
  }

 private:
  // Height on the screen of a pixel counted from the top.
  double at(int pixel) const { return 1 - 1.0 * pixel / height_; }

  void place(double left, double right, int top, int bottom) {
    script_.line("set lmargin at screen ", left, "; set rmargin at screen ", right);
    script_.line("set tmargin at screen ", at(top), "; set bmargin at screen ", at(bottom));
  }

  // What is drawn of each layer that the fault reached, from below the least to above the most.
  struct Bars {
    std::vector<std::string> changed, masked;
    double low = 0, high = 0;
  };
  Bars bars(double (*height_of)(const LayerDifference&)) const {
    Bars bars;
    for (const auto& layer : explanation_.layers) {
      if (layer.is_masked()) bars.masked.push_back(row(layer.layer));
      if (layer.changed == 0) continue;
      const double height = height_of(layer);
      bars.low = bars.changed.empty() ? height : std::min(bars.low, height);
      bars.high = std::max(bars.high, height);
      bars.changed.push_back(row(layer.layer, height, layer.has_fault ? 1 : 0));
    }
    if (bars.changed.empty()) return {{}, bars.masked, 0.01, 10};
    return bars;
  }

  // A logarithmic axis has no 0, so that masked layers have a mark at the bottom.
  void draw_bars(double (*height_of)(const LayerDifference&), std::string_view label, int top,
                 bool is_named) {
    const auto [changed, masked, low, high] = bars(height_of);
    const auto name = is_named ? "change" : "share";
    script_.block(name, changed).block("masked", masked);
    place(0.07, 0.62, top, top + 135);
    script_.line("set logscale y; set format y '%g'; set ylabel '", label, "'");
    script_.line("set xrange [-0.7:", network_.layers.size(), "-0.3]; set yrange [", low / 4, ":",
                 high * 1.5, "]");
    script_.line("set key at screen 0.345,", at(76), " center center horizontal maxrows 1");
    if (is_named) script_.line("unset key");
    set_layer_names(is_named);
    std::vector<std::string> plots;
    if (!changed.empty()) plots = bar_plots(name);
    if (!masked.empty()) plots.push_back(mark_plot(low));
    script_.line("plot ", join(plots, ", "));
  }

  // Those of the fault's layers again, in their own colour.
  static std::vector<std::string> bar_plots(const std::string& name) {
    return {"$" + name + " using 1:2" + boxes(kBarColour, "stores something else"),
            "$" + name + " using 1:($3==1?$2:NaN)" + boxes(kFaultColour, "layer of the fault")};
  }

  static std::string mark_plot(double low) {
    return "$masked using 1:(" + row(low / 3) +
           ") with points pt 2 ps 0.7 lw 1.5 lc rgb '#202428' title 'masked here'";
  }

  void set_layer_names(bool is_named) {
    std::string names;
    for (std::size_t i = 0; i < network_.layers.size(); ++i)
      names += (i > 0 ? ", " : "") +
               gnuplot_text(is_named ? network_.layers[i].name : std::string()) + " " +
               std::to_string(i);
    script_.line("set xtics (", names, ")");
  }

  void draw_logits() {
    const double step = logit_step(network_);
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < explanation_.golden_logits.size(); ++i)
      rows.push_back(
          row(i, step * explanation_.golden_logits[i], step * explanation_.faulty_logits[i]));
    script_.block("logits", rows);
    place(0.70, 0.985, 95, 380);
    script_.line("unset logscale y; set yrange [*:*]; set xrange [-0.7:", network_.classes(),
                 "-0.3]");
    script_.line("set xtics ", network_.classes() <= 12 ? "1" : "autofreq",
                 " norotate center scale 0.5 font ',10'; set boxwidth 0.4");
    script_.line("set ylabel 'logit, real'; set xlabel 'class (label: ", texts_.label, ")'");
    script_.line("set key at screen 0.8425,", at(76), " center center horizontal maxrows 1");
    script_.line("set xzeroaxis lw 0.8 lc rgb '#5b6570'");
    script_.line("plot $logits using ($1-0.2):2", boxes(kMuted, "fault-free"),
                 ", $logits using ($1+0.2):3", boxes(kSeries[4], "faulty"));
    script_.line("unset xlabel; unset ylabel; unset xzeroaxis");
  }

  const IntegerNetwork& network_;
  const Explanation& explanation_;
  const ExplanationTexts& texts_;
  ChangedMaps maps_;
  int height_;
  GnuplotScript script_;
};

}  // namespace

std::string explanation_script(const IntegerNetwork& network, const Explanation& explanation,
                               std::span<const std::int16_t> image, const ExplanationTexts& texts,
                               bool is_png) {
  return ExplanationFigure(network, explanation, texts).script(image, is_png);
}

}  // namespace citrine
