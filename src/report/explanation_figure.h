#pragma once
// One fault's way through a network as a picture: changes by layer, logits, maps of changed pixels.
#include <cstdint>
#include <span>
#include <string>

#include "faultsim/explanation.h"
#include "quant/integer_network.h"

namespace citrine {

struct ExplanationTexts {
  std::string title, subtitle;
  int label = 0;  // class of the image
};

// A gnuplot script that draws an SVG or a PNG to standard output; `image`: codes of the input.
std::string explanation_script(const IntegerNetwork& network, const Explanation& explanation,
                               std::span<const std::int16_t> image, const ExplanationTexts& texts,
                               bool is_png);

}  // namespace citrine
