#pragma once
// What may be chosen when a float network becomes an integer network.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "quant/integer_network.h"
#include "quant/scheme.h"

namespace citrine {

// How a step is chosen among those tried: none is finer than an eighth of the one that covers every
// value.
enum class Criterion : std::uint8_t {
  max_abs,      // covers every value
  percentile,   // covers 99.9 % of them
  mean_square,  // least squared rounding error of the float values
  output_error  // least squared error of the layer's output, on what its predecessors store
};
std::string_view name_of(Criterion criterion);
Criterion criterion(std::string_view name);  // Error if unknown
std::vector<std::string_view> criterion_names();

// Powers of two make every rescaling a shift; free steps take a fixed-point multiplier.
enum class StepKind : std::uint8_t { power_of_two, free };

struct LowerSettings {
  Scheme scheme = {};
  std::map<std::string, Scheme> layer_schemes = {};  // by node, where it is another one
  Criterion criterion = Criterion::output_error;
  StepKind steps = StepKind::power_of_two;
  Accumulator accumulator = {};  // of every convolution
  int product_bits = 0;          // the same; as IntegerLayer's
  bool correct_bias = true;      // per channel, by the mean output error on the calibration images

  const Scheme& scheme_of(const std::string& node) const {
    const auto found = layer_schemes.find(node);
    return found == layer_schemes.end() ? scheme : found->second;
  }
};

}  // namespace citrine
