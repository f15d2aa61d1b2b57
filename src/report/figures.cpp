#include "report/figures.h"

#include <iterator>

#include "report/network_figures.h"
#include "report/program.h"
#include "report/search_figures.h"
#include "store/files.h"

namespace citrine {

std::vector<Figure> draw_figures(const ReportContent& content) {
  std::vector<Figure> figures;
  if (content.search) figures = search_figures(*content.search);
  auto more = network_figures(content.networks);
  figures.insert(figures.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  draw(figures);
  return figures;
}

void draw(std::span<Figure> figures) {
  for (auto& figure : figures)
    figure.svg = themed_svg(run_program({"gnuplot", "-"}, figure.script));
}

void write_figures(std::span<const Figure> figures, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& figure : figures) {
    write_text(folder / (figure.name + ".gp"), figure.script);
    write_text(folder / (figure.name + ".svg"), figure.svg);
  }
}

}  // namespace citrine
