#pragma once
// The figures of a report: gnuplot scripts with their data inside, and the SVG drawings that they
// give.
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

}  // namespace citrine
