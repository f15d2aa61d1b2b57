#pragma once
// The figures of a report: gnuplot scripts with their data inside, and the SVG drawings that they
// give.
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "report/content.h"

namespace citrine {

struct Figure {
  std::string name;     // file name without ending
  std::string caption;  // a sentence for the page
  std::string script;   // gnuplot, complete: draws the figure to standard output
  std::string svg;
};

// All figures that the content has something for; Error if gnuplot is not there.
std::vector<Figure> draw_figures(const ReportContent& content);
// Runs the scripts.
void draw(std::span<Figure> figures);
// Each as NAME.svg with its script NAME.gp.
void write_figures(std::span<const Figure> figures, const std::filesystem::path& folder);

}  // namespace citrine
