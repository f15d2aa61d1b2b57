#pragma once
// Faults to try on a network.
#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "faultsim/fault_space.h"
#include "kernels/random.h"

namespace citrine::testing {

// By seed: every effect, from one bit to all of a register, and every mapping.
inline FaultModel model_of(std::uint64_t seed) {
  return {.effect = static_cast<Effect>(seed % kEffects),
          .width = static_cast<std::uint32_t>(seed / kEffects % 4),
          .array = {.rows = static_cast<std::uint32_t>(1 + seed % 3),
                    .columns = static_cast<std::uint32_t>(1 + seed % 5),
                    .mapping = static_cast<Mapping>(seed % 7 % 3)},
          .values = {.seed = seed, .stream = 0}};
}

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

inline std::string describe(const Fault& fault) {
  std::ostringstream text;
  text << name_of(fault.site) << " layer " << fault.layer << " element " << fault.element
       << " step " << fault.step << " bit " << fault.bit << " width " << fault.width << " "
       << name_of(fault.effect) << " " << fault.value;
  return text.str();
}

}  // namespace citrine::testing
