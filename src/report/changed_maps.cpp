#include "report/changed_maps.h"

#include <algorithm>
#include <string>

namespace citrine {
namespace {

constexpr int kCaption = 40, kMapHeight = 150, kInRow = 8;
constexpr std::ptrdiff_t kMost = 31;

bool has_map(const LayerDifference& layer) { return layer.changed > 0 && layer.pixels > 1; }

}  // namespace

ChangedMaps::ChangedMaps(const IntegerNetwork& network, const Explanation& explanation)
    : network_(network) {
  for (const auto& layer : explanation.layers)
    if (has_map(layer) && std::ssize(maps_) < kMost) maps_.push_back(&layer);
}

int ChangedMaps::height() const {
  return kCaption + kMapHeight * ((static_cast<int>(maps_.size()) + kInRow) / kInRow);
}

void ChangedMaps::draw(GnuplotScript& script, std::span<const std::int16_t> image, int top,
                       int whole_height) {
  top_ = top;
  whole_height_ = whole_height;
  script.line("unset tics; unset key; unset grid; set border 15 lw 0.5 lc rgb '", kMuted, "'");
  script.line("set size ratio -1");
  draw_image(script, image);
  if (maps_.empty()) return;
  set_colours(script);
  for (std::size_t i = 0; i < maps_.size(); ++i) draw_map(script, i);
}

int ChangedMaps::line_top(std::size_t place) const {
  return top_ + kCaption + kMapHeight * static_cast<int>(place / kInRow);
}

void ChangedMaps::begin_map(GnuplotScript& script, std::size_t place,
                            std::string_view title) const {
  const double width = 0.98 / kInRow, left = 0.01 + width * static_cast<double>(place % kInRow);
  const auto at = [&](int pixel) { return 1 - 1.0 * pixel / whole_height_; };
  const int top = line_top(place) + 20;
  script.line("set lmargin at screen ", left + 0.004, "; set rmargin at screen ",
              left + width - 0.004);
  script.line("set tmargin at screen ", at(top), "; set bmargin at screen ",
              at(top + kMapHeight - 30));
  script.line("set title ", gnuplot_text(title), " offset 0,-0.8 font ',10'");
}

// Grey for other channels than red, green and blue.
void ChangedMaps::draw_image(GnuplotScript& script, std::span<const std::int16_t> image) const {
  const auto& input = network_.input();
  const auto [low, high] = std::ranges::minmax(image);
  const auto grey = [&, low = low, high = high](std::int64_t pixel, int channel) {
    const auto index = pixel * input.channels + (input.channels == 3 ? channel : 0);
    return 255 * (image[static_cast<std::size_t>(index)] - low) / std::max(1, high - low);
  };
  std::vector<std::string> rows;
  for (std::int64_t i = 0; i < std::int64_t{input.height} * input.width; ++i)
    rows.push_back(row(i % input.width, i / input.width, grey(i, 0), grey(i, 1), grey(i, 2)));
  script.block("image", rows);
  begin_map(script, 0, "the image");
  script.line("set xrange [-0.5:", input.width, "-0.5]; set yrange [", input.height, "-0.5:-0.5]");
  script.line("plot $image with rgbimage notitle");
}

void ChangedMaps::set_colours(GnuplotScript& script) const {
  int channels = 2;
  for (const auto* map : maps_) channels = std::max(channels, network_.layers[map->layer].channels);
  script.line("set logscale cb; set cbrange [", 100.0 / channels, ":100]");
  script.line("set palette defined (0 '#c9dcf0', 0.35 '#3b82c4', 0.7 '#8f3fa8', 1 '#c2273f')");
  const double y = 1 - 1.0 * (top_ + 24) / whole_height_;
  script.line("set label 3 'pixels that changed; colour: share of their channels, %' at screen ",
              0.014, ",", y);
  script.line("set colorbox horizontal user origin screen 0.42,", y - 5.0 / whole_height_,
              " size screen 0.25,", 10.0 / whole_height_);
  script.line("set cbtics (1, 2, 5, 10, 20, 50, 100) scale 0.3 font ',10' offset 0,0.5",
              " textcolor rgb '#202428'; set format cb '%g'");
}

// A square for each changed pixel.
void ChangedMaps::draw_map(GnuplotScript& script, std::size_t index) const {
  const auto& difference = *maps_[index];
  const auto& layer = network_.layers[difference.layer];
  std::vector<std::string> rows;
  for (std::int64_t i = 0; i < difference.pixels; ++i)
    if (const auto count = difference.changed_channels[static_cast<std::size_t>(i)]; count > 0)
      rows.push_back(row(i % layer.width, i / layer.width, 100.0 * count / layer.channels));
  const auto name = "map" + std::to_string(index);
  script.block(name, rows);
  begin_map(script, index + 1, layer.name);
  script.line("set xrange [-0.5:", layer.width, "-0.5]; set yrange [", layer.height, "-0.5:-0.5]");
  script.line("plot $", name, " using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3",
              " with boxxyerror fs solid 1 border lw 0.3 lc palette notitle");
  if (index == 0) script.line("unset colorbox; unset label 3");
}

}  // namespace citrine
