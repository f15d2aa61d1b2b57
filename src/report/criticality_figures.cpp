#include "report/criticality_figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "graph/words.h"
#include "report/gnuplot.h"

namespace citrine {
namespace {

constexpr std::size_t kMostLayers = 4;  // of a site

// Of one layer's site.
struct CriticalityMap {
  const Criticality* counts = nullptr;
  double faults = 0;  // of an element, under all images
  double share = 0;   // SDC of all its faults
};

std::uint64_t faults_of(const ExhaustiveFile& file, const Criticality& one) {
  std::uint64_t faults = 0;
  for (const auto& count : file.result.counts)
    if (count.layer == one.layer && count.slot.site == one.site) faults += trials_of(count.faults);
  return faults;
}

// The most critical ones of each site of outputs that has any, by layer.
std::map<Site, std::vector<CriticalityMap>> worst_maps(const ExhaustiveFile& file) {
  std::map<Site, std::vector<CriticalityMap>> maps;
  for (const auto& one : file.result.criticality) {
    if (is_learned(one.site)) continue;
    const auto sdc = std::accumulate(one.sdc.begin(), one.sdc.end(), std::uint64_t{0});
    if (sdc == 0) continue;
    const auto faults = static_cast<double>(faults_of(file, one));
    maps[one.site].push_back({.counts = &one,
                              .faults = faults / static_cast<double>(one.sdc.size()),
                              .share = static_cast<double>(sdc) / faults});
  }
  for (auto& [site, list] : maps) {
    std::ranges::stable_sort(list, std::greater(), &CriticalityMap::share);
    list.resize(std::min(kMostLayers, list.size()));
    std::ranges::sort(list, {}, [](auto& map) { return map.counts->layer; });
  }
  return maps;
}

// Column, row and share of each pixel, or channel of the only pixel, in per cent.
std::vector<std::string> map_rows(const CriticalityMap& map,
                                  const std::array<std::uint32_t, 3>& shape) {
  const bool is_pixel = shape[0] * shape[1] == 1;
  const std::size_t joined = is_pixel ? 1 : shape[2], width = is_pixel ? shape[2] : shape[1];
  const auto& sdc = map.counts->sdc;
  std::vector<std::string> rows;
  for (std::size_t cell = 0; cell < sdc.size() / joined; ++cell) {
    const auto first = sdc.begin() + static_cast<std::ptrdiff_t>(cell * joined);
    const auto sum =
        std::accumulate(first, first + static_cast<std::ptrdiff_t>(joined), std::uint64_t{0});
    rows.push_back(row(cell % width, cell / width,
                       100 * static_cast<double>(sum) / map.faults / static_cast<double>(joined)));
  }
  return rows;
}

Figure site_figure(const ExhaustiveFile& file, Site site, const std::vector<CriticalityMap>& maps,
                   const std::string& name) {
  GnuplotScript script(static_cast<int>(30 + 320 * maps.size()), 330);
  for (std::size_t i = 0; i < maps.size(); ++i)
    script.block("map" + std::to_string(i), map_rows(maps[i], file.shapes[maps[i].counts->layer]));
  script.line("set multiplot layout 1,", maps.size());
  script.line(kShareColours).line("unset grid").line("set size ratio -1");
  script.line("set yrange [*:*] reverse").line("set autoscale fix");
  for (std::size_t i = 0; i < maps.size(); ++i) {
    script.line("set title ", gnuplot_text(file.layers[maps[i].counts->layer] + ", mean " +
                                           row(std::round(10000 * maps[i].share) / 100) + "%"));
    const auto& [height, width, channels] = file.shapes[maps[i].counts->layer];
    script.line("set xlabel '", height * width == 1 ? "channel" : "column", "'");
    script.line("set ylabel '", height * width == 1 ? "" : "row", "'");
    script.line("plot $map", i, " using 1:2:(0.5):(0.5):3 ", kCells);
  }
  script.line("unset multiplot");
  return {"exact_map_" + std::string(name_of(site)) + "_" + name,
          "Exact criticality of outputs in " + name + " for faults of " + spaced(name_of(site)) +
              ": SDC share, %, by row and column, of all channels, or by channel where there is "
              "one pixel, in the layers where it is highest; scales differ.",
          script.text(),
          {}};
}

}  // namespace

std::vector<Figure> criticality_figures(const ExhaustiveFile& file, const std::string& name) {
  std::vector<Figure> figures;
  for (const auto& [site, maps] : worst_maps(file))
    figures.push_back(site_figure(file, site, maps, name));
  return figures;
}

}  // namespace citrine
