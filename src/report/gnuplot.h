#pragma once
// Builds gnuplot scripts in one look.
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace citrine {

// Text that gnuplot takes literally between double quotes, without markup.
std::string gnuplot_text(std::string_view text);

class GnuplotScript {
 public:
  GnuplotScript(int width, int height);
  template <class... Parts>
  GnuplotScript& line(const Parts&... parts) {
    (text_ << ... << parts) << '\n';
    return *this;
  }
  // A named data block, one row a line; values separated by spaces.
  GnuplotScript& block(std::string_view name, const std::vector<std::string>& rows);
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
};

// Colours that read on white and on black.
inline constexpr std::string_view kSeries[] = {"#3b82c4", "#d9822b", "#3c9f6e",
                                               "#8f63c6", "#c2476f", "#7d8790"};
inline constexpr std::string_view kMuted = "#9aa3ad";

// Cells of a map, coloured by their value, a share in per cent.
inline constexpr std::string_view kShareColours =
    "set palette defined (0 '#4f86c0', 0.5 '#e0b34a', 1 '#cf3f3f')\nset cblabel 'SDC, %'\n"
    "set cbrange [0:*]";
inline constexpr std::string_view kCells = "with boxxyerror fs solid 1 noborder lc palette notitle";

template <class... Parts>
std::string row(const Parts&... parts) {
  std::ostringstream text;
  text.precision(9);
  ((text << parts << ' '), ...);
  return text.str();
}

}  // namespace citrine
