#include "report/gnuplot.h"

namespace citrine {

std::string gnuplot_text(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 32) continue;
    quoted += c;
  }
  return '"' + quoted + '"';
}

GnuplotScript::GnuplotScript(int width, int height) {
  line("set encoding utf8");
  line("set terminal svg size ", width, ",", height,
       " dynamic noenhanced font 'sans-serif,13' linewidth 1.2");
  line("set border 3 linewidth 0.8");
  line("set tics nomirror scale 0.5");
  line("set grid linecolor rgb '#808890' linewidth 0.3 dashtype 3");
  line("set key outside top center horizontal samplen 1.5");
}

GnuplotScript& GnuplotScript::block(std::string_view name, const std::vector<std::string>& rows) {
  line('$', name, " << EOD");
  for (const auto& values : rows) line(values);
  return line("EOD");
}

}  // namespace citrine
