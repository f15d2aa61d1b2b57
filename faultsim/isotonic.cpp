#include "faultsim/isotonic.h"

#include <cstddef>

namespace citrine {

std::vector<double> isotonic(std::span<const double> values, std::span<const double> weights) {
  struct Pool {
    double mean, weight;
    std::size_t count;
  };
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Pool last{values[i], weights[i], 1};
    for (; !pools.empty() && pools.back().mean > last.mean; pools.pop_back()) {
      const auto& [mean, weight, count] = pools.back();
      const double sum = mean * weight + last.mean * last.weight;
      last = {sum / (weight + last.weight), weight + last.weight, count + last.count};
    }
    pools.push_back(last);
  }
  std::vector<double> fit;
  fit.reserve(values.size());
  for (const auto& pool : pools) fit.insert(fit.end(), pool.count, pool.mean);
  return fit;
}

}  // namespace citrine
