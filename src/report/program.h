#pragma once
// Runs a drawing program (gnuplot, dot) that turns text into a picture.
#include <string>
#include <vector>

namespace citrine {

// Standard output of the program for `input`; no shell. Error if it is not installed or fails, with
// its first message.
std::string run_program(const std::vector<std::string>& command, const std::string& input);

// Fits an SVG drawing for both colour schemes: black becomes the page's text colour, the white
// ground goes.
std::string themed_svg(std::string svg);

}  // namespace citrine
