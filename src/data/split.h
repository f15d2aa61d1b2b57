#pragma once
// Deterministic splits.
#include <cstdint>
#include <vector>

#include "data/dataset.h"
#include "kernels/random.h"

namespace citrine {

struct Split {
  std::vector<std::uint32_t> train, validation;  // ascending indices
};

// About `share` of every class to validation; groups are never divided. 0 < share < 1.
Split split(const ImageSet& set, double share, Key key);
// `count` indices of the set, drawn without replacement, ascending.
std::vector<std::uint32_t> sample(const ImageSet& set, std::int64_t count, Key key);

}  // namespace citrine
