#pragma once
// Faults to try on a network.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "faultsim/fault_space.h"
#include "kernels/random.h"

namespace citrine::testing {

// Some faults of every site that the network has.
inline std::vector<Fault> some_faults(const IntegerNetwork& network, std::uint64_t seed,
                                      std::uint64_t each, const FaultModel& model = {}) {
  std::vector<Fault> faults;
  for (int site = 0; site < kSites; ++site) {
    const FaultSpace space(network, static_cast<Site>(site), model);
    const Permutation order(Key{.seed = seed, .stream = static_cast<std::uint64_t>(site)},
                            std::max<std::uint64_t>(1, space.size()));
    for (std::uint64_t i = 0; i < std::min(each, space.size()); ++i)
      faults.push_back(space[order(i)]);
  }
  return faults;
}

}  // namespace citrine::testing
