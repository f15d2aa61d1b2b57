#pragma once
// How a layer's sums become what it stores, in the order in which SIMD kernels read it.
#include <cstdint>
#include <span>
#include <vector>

namespace citrine {

// Elements that a kernel may read behind the last one of an array.
inline constexpr int kVectorSlack = 64;

// A scale a channel: value * multiplier / 2^shift, halves rounded up.
class ChannelScales {
 public:
  // What all scales are: multiples, shifts by 2 or more, or anything.
  enum class Kind : std::uint8_t { multiple, shift, product };

  // One scale for all channels, or one a channel; a negative shift needs a multiplier of 1.
  ChannelScales(std::span<const std::int32_t> multipliers, std::span<const std::int32_t> shifts,
                int channels);

  Kind kind() const { return kind_; }
  bool are_short() const { return are_short_; }  // do 16 bits hold the multipliers?
  // [channels], and slack; shifts are 0 or more. Of kind `shift`, they are one less: the last bit
  // is for rounding.
  const std::int32_t* multipliers() const { return multipliers_.data(); }
  const std::int32_t* shifts() const { return shifts_.data(); }

 private:
  Kind kind_;
  bool are_short_;
  std::vector<std::int32_t> multipliers_, shifts_;
};

// What is stored for a sum: zero + the format's integer nearest to the scaled sum clamped to [low,
// high]. A convolution's residual is scaled and added to its sum before, which wraps in its
// register.
template <class Element>
struct Requantization {
  ChannelScales scales;
  ChannelScales residual_scales;
  std::int32_t low, high;
  std::int32_t zero;
  std::vector<Element> table;  // [high - low + 1]: what is stored; empty without gaps
  int sum_bits = 32;           // of a convolution's register, 2 to 32
};

}  // namespace citrine
