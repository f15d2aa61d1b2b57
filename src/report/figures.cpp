#include "report/figures.h"

#include <iterator>

#include "report/network_figures.h"
#include "report/program.h"
#include "report/search_figures.h"

namespace citrine {

std::vector<Figure> draw_figures(const ReportContent& content) {
  std::vector<Figure> figures;
  if (content.search) figures = search_figures(*content.search);
  auto more = network_figures(content.networks);
  figures.insert(figures.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  for (auto& figure : figures)
    figure.svg = themed_svg(run_program({"gnuplot", "-"}, figure.script));
  return figures;
}

}  // namespace citrine
