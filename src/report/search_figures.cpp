#include "report/search_figures.h"

#include <algorithm>

#include "report/gnuplot.h"

namespace citrine {
namespace {

std::string axis_label(const std::string& objective) {
  if (objective == "error_rate") return "validation error, %";
  if (objective == "operations") return "operations per frame";
  if (objective == "transfer_bytes") return "data transfer per frame, bytes";
  if (objective == "sensitivity") return "sensitivity";
  return objective;
}

std::vector<std::string> points(const SearchEntry& search, std::size_t objective,
                                bool is_on_front) {
  std::vector<std::string> rows;
  for (const auto& candidate : search.candidates)
    if (candidate.is_on_front == is_on_front)
      rows.push_back(
          row(candidate.objectives[objective], 100 * candidate.objectives[0], candidate.id));
  std::ranges::sort(rows);
  return rows;
}

Figure front_figure(const SearchEntry& search, std::size_t objective) {
  const auto& name = search.objectives[objective];
  const auto dominated = points(search, objective, false);
  GnuplotScript script(460, 360);
  script.block("front", points(search, objective, true)).block("dominated", dominated);
  script.line("set xlabel ", gnuplot_text(axis_label(name)));
  script.line("set ylabel ", gnuplot_text(axis_label("error_rate")));
  script.line("set logscale x");
  script.line("set format x '%.0e'");
  script.line("set offsets graph 0.05, graph 0.05, graph 0.08, graph 0.05");
  std::string plots;
  if (!dominated.empty())
    plots = "$dominated using 1:2 with points pt 7 ps 0.4 lc rgb '" + std::string(kMuted) +
            "' title 'dominated', ";
  script.line("plot ", plots, "$front using 1:2 with points pt 7 ps 0.7 lc rgb '", kSeries[0],
              "' title 'front', $front using 1:2:3 with labels offset 0.8,0.6 font ',9' notitle");
  return {"front_" + name,
          "Validation error over " + axis_label(name) + "; labels are candidate numbers.",
          script.text(),
          {}};
}

Figure hypervolume_figure(const SearchEntry& search) {
  std::vector<std::string> rows;
  for (const auto& generation : search.generations)
    rows.push_back(row(generation.generation, generation.hypervolume));
  GnuplotScript script(460, 360);
  script.block("volume", rows);
  script.line("set xlabel 'generation'").line("set ylabel 'hypervolume of the archive'");
  script.line("set xtics 1").line("unset key");
  if (rows.size() > 20) script.line("set xtics autofreq");
  script.line("set autoscale xfix").line("set offsets 0.2, 0.2, graph 0.1, graph 0.1");
  script.line("plot $volume using 1:2 with linespoints pt 7 ps 0.5 lw 1.5 lc rgb '", kSeries[0],
              "'");
  return {
      "hypervolume",
      "Hypervolume of the archive over generations, each objective scaled by the reference point.",
      script.text(),
      {}};
}

}  // namespace

std::vector<Figure> search_figures(const SearchEntry& search) {
  std::vector<Figure> figures;
  for (std::size_t objective = 1; objective < search.objectives.size(); ++objective)
    figures.push_back(front_figure(search, objective));
  if (!search.generations.empty()) figures.push_back(hypervolume_figure(search));
  return figures;
}

}  // namespace citrine
