#include "faultsim/bit_errors.h"

#include <array>
#include <cassert>
#include <cmath>
#include <numeric>

#include "kernels/geometric.h"

namespace citrine {

std::vector<std::uint64_t> draw_places(std::uint64_t bits, double rate, Key key) {
  std::vector<std::uint64_t> places;
  assert(!std::isnan(rate));
  if (rate <= 0) return places;
  if (rate >= 1) {
    places.resize(bits);
    std::iota(places.begin(), places.end(), std::uint64_t{0});
    return places;
  }
  const double expected = static_cast<double>(bits) * rate;
  places.reserve(static_cast<std::size_t>(expected + 4 * std::sqrt(expected)));
  const GeometricDraws draw(key, rate);
  std::array<double, 64> gaps;
  auto left = static_cast<std::int64_t>(bits);
  for (std::uint64_t first = 0;; first += gaps.size()) {
    draw(first, gaps);
    for (const double gap : gaps) {
      if (!(gap < static_cast<double>(left))) return places;
      left -= static_cast<std::int64_t>(gap);
      places.push_back(bits - static_cast<std::uint64_t>(left--));
    }
  }
}

FaultSpace bit_error_space(const IntegerNetwork& network, Site site, FaultModel model) {
  model.width = 1;
  return {network, site, model};
}

std::vector<Fault> draw_faults(const FaultSpace& space, double rate, Key key) {
  const auto places = draw_places(space.size(), rate, key);
  std::vector<Fault> faults;
  faults.reserve(places.size());
  FaultWalk walk(space);
  for (const auto place : places) {
    faults.push_back(walk(place));
    auto& fault = faults.back();
    if (fault.effect == Effect::random_value)
      fault.value = static_cast<std::uint32_t>(uniform_below(split(key, "values"), place, 2));
  }
  return faults;
}

}  // namespace citrine
