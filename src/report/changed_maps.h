#pragma once
// Maps of the pixels that a fault changed, layer by layer, beside the image.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/explanation.h"
#include "quant/integer_network.h"
#include "report/gnuplot.h"

namespace citrine {

// Plots of a multiplot, in rows from `top` on; pixels.
class ChangedMaps {
 public:
  // All is borrowed. Of the layers that changed, the first are shown.
  ChangedMaps(const IntegerNetwork& network, const Explanation& explanation);

  int height() const;
  void draw(GnuplotScript& script, std::span<const std::int16_t> image, int top, int whole_height);

 private:
  void begin_map(GnuplotScript& script, std::size_t place, std::string_view title) const;
  void draw_image(GnuplotScript& script, std::span<const std::int16_t> image) const;
  void set_colours(GnuplotScript& script) const;
  void draw_map(GnuplotScript& script, std::size_t index) const;
  int line_top(std::size_t place) const;

  const IntegerNetwork& network_;
  std::vector<const LayerDifference*> maps_;
  int top_ = 0, whole_height_ = 0;
};

}  // namespace citrine
