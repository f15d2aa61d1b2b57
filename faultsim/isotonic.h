#pragma once
// Curves that do not fall.
#include <span>
#include <vector>

namespace citrine {

// The nearest values, by weighted least squares, that do not fall: pool adjacent violators (Ayer et
// al. 1955). Weights are above 0, one a value.
std::vector<double> isotonic(std::span<const double> values, std::span<const double> weights);

}  // namespace citrine
