#pragma once
// Products of many factors as logarithms.
#include <cstdint>

namespace citrine {

// Populations from here on are as good as infinite: the logarithms below lose their last digits.
inline constexpr std::uint64_t kFinitePopulation = std::uint64_t{1} << 44;

// log(x (x-1) ... (x-count+1)) for 0 <= count <= x < 2^44; x need not be whole.
long double log_falling(long double x, std::uint64_t count);

}  // namespace citrine
