#include "faultsim/scale_faults.h"

#include <algorithm>

#include "kernels/bits.h"
#include "kernels/fixed_point.h"
#include "quant/forward.h"

namespace citrine {
namespace {

// A shift by more than 62 leaves nothing.
std::int64_t shifted(std::int64_t product, int shift) {
  if (shift >= 0) return shift > 62 ? 0 : round_shift(product, shift);
  if (shift == -64) return 0;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(product) << -shift);
}

}  // namespace

bool has_multipliers(const IntegerLayer& layer) {
  return std::ranges::any_of(layer.scales,
                             [](const Scale& scale) { return scale.multiplier != 1; });
}

Scale faulty_scale(const Scale& scale, const Fault& fault) {
  const auto change = bit_change(fault);
  if (fault.site == Site::scale_multiplier)
    return {read_as(scale.multiplier, change, kMultiplierBits, false), scale.shift};
  return {scale.multiplier, read_as(scale.shift, change, kShiftBits, true)};
}

std::int16_t store(const IntegerLayer& layer, std::int32_t sum, const Scale& scale) {
  return store(layer, shifted(std::int64_t{sum} * scale.multiplier, scale.shift));
}

}  // namespace citrine
