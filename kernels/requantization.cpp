#include "kernels/requantization.h"

#include <algorithm>

namespace citrine {
namespace {

constexpr int kMostShift = 32;  // a greater one leaves 0 of a 32-bit sum as well

ChannelScales::Kind kind_of(std::span<const std::int32_t> multipliers,
                            std::span<const std::int32_t> shifts) {
  if (std::ranges::all_of(shifts, [](int shift) { return shift <= 0; }))
    return ChannelScales::Kind::multiple;
  // With a shift of 1, a sum before rounding could wrap.
  return std::ranges::all_of(multipliers, [](int multiplier) { return multiplier == 1; }) &&
                 std::ranges::all_of(shifts, [](int shift) { return shift >= 2; })
             ? ChannelScales::Kind::shift
             : ChannelScales::Kind::product;
}

}  // namespace

ChannelScales::ChannelScales(std::span<const std::int32_t> multipliers,
                             std::span<const std::int32_t> shifts, int channels)
    : kind_(kind_of(multipliers, shifts)) {
  for (int channel = 0; channel < channels; ++channel) {
    const auto at = shifts.size() == 1 ? 0 : static_cast<std::size_t>(channel);
    const int shift = std::max(shifts[at], 0);
    shifts_.push_back(kind_ == Kind::shift ? std::min(shift, kMostShift) - 1 : shift);
    multipliers_.push_back(shifts[at] < 0 ? std::int32_t{1} << -shifts[at] : multipliers[at]);
  }
  are_short_ = std::ranges::all_of(multipliers_, [](int m) { return m == std::int16_t(m); });
  multipliers_.resize(multipliers_.size() + kVectorSlack);
  shifts_.resize(multipliers_.size());
}

}  // namespace citrine
