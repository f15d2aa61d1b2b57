#include "faultsim/bit_errors.h"

#include <cmath>
#include <numeric>

namespace citrine {

std::vector<std::uint64_t> draw_places(std::uint64_t bits, double rate, Key key) {
  std::vector<std::uint64_t> places;
  if (rate <= 0) return places;
  if (rate >= 1) {
    places.resize(bits);
    std::iota(places.begin(), places.end(), std::uint64_t{0});
    return places;
  }
  const double scale = 1 / std::log1p(-rate);
  for (std::uint64_t at = 0;; ++at) {
    // Uniform in (0, 1], so that the logarithm is finite.
    const double gap = std::floor(std::log(1 - uniform(key, places.size())) * scale);
    if (!(gap < static_cast<double>(bits - at))) return places;
    at += static_cast<std::uint64_t>(gap);
    if (at >= bits) return places;
    places.push_back(at);
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
  for (const auto place : places) {
    faults.push_back(space[place]);
    auto& fault = faults.back();
    if (fault.effect == Effect::random_value)
      fault.value = static_cast<std::uint32_t>(uniform_below(split(key, "values"), place, 2));
  }
  return faults;
}

}  // namespace citrine
