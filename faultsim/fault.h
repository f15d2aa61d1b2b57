#pragma once
// One fault: where it is and what it makes of the bits there.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/bits.h"

namespace citrine {

enum class Site : std::uint8_t {
  weight_operand,
  activation_operand,
  product,
  accumulator,
  output_register,
  weight_memory,
  activation_memory,
  bias_memory,
  scale_multiplier,   // of the requantization
  scale_shift,        // of the requantization
  exponent_register,  // of the shift-based element: exponent, sign and use of its shifters
  shifter,            // of the shift-based element: what its shifters give
  mode_bit,           // of the shift-based element
  array_weight,       // registers of one element of the array, under all that it computes
  array_activation,
  array_product,
  array_accumulator
};
inline constexpr int kSites = 17;
std::string_view name_of(Site site);
Site site(std::string_view name);  // Error that names the nearest valid one
bool is_array(Site site);
bool is_scale(Site site);    // a register of the requantization
bool is_learned(Site site);  // a stored weight or bias

// What a fault makes of its bits.
enum class Effect : std::uint8_t { flip, stuck_at_0, stuck_at_1, random_value };
inline constexpr int kEffects = 4;
std::string_view name_of(Effect effect);
Effect effect(std::string_view name);  // Error that names the nearest valid one

struct Fault {
  Site site = Site::accumulator;
  std::uint32_t layer = 0;  // of an array's element 0: all convolutions use it
  // Index of the output, [height, width, channels]; for weight memory of the weight, [filters,
  // kernel, kernel, channels]; for biases and scales of the value, one for all channels or one a
  // channel; for the array of its element, [rows, columns].
  std::uint32_t element = 0;
  // MAC of the output's dot product, for the mode bit cycle of the shift-based element; 0 where
  // the site has none.
  std::uint32_t step = 0;
  std::uint32_t bit = 0;  // the lowest of `width` neighbouring ones
  std::uint32_t width = 1;
  Effect effect = Effect::flip;
  std::uint32_t value = 0;  // of the bits, if it is random
  bool operator==(const Fault&) const = default;
};
// What it makes of a register.
constexpr BitChange bit_change(const Fault& fault) {
  const auto mask =
      static_cast<std::uint32_t>(((std::uint64_t{1} << fault.width) - 1) << fault.bit);
  switch (fault.effect) {
    case Effect::flip:
      return {0, mask};
    case Effect::stuck_at_0:
      return {mask, 0};
    case Effect::stuck_at_1:
      return {mask, mask};
    case Effect::random_value:
      return {mask, (fault.value << fault.bit) & mask};
  }
  return {};
}
// What they make of it together.
constexpr BitChange bit_change(std::span<const Fault> faults) {
  BitChange change;
  for (const auto& fault : faults) change = change.then(bit_change(fault));
  return change;
}

enum class OutcomeKind : std::uint8_t {
  masked_at_site,   // no sum changed, or nothing that is read
  masked_in_layer,  // nothing that is stored changed
  masked_later,     // the logits did not change
  benign,           // logits differ, the top class is the same
  sdc               // silent data corruption: the top class differs from the fault-free one
};
inline constexpr int kOutcomeKinds = 5;
std::string_view name_of(OutcomeKind kind);

// Failures besides sdc, of whichever kind the outcome is.
enum class Failure : std::uint8_t {
  sdc5,    // the fault-free top class left the five best
  drop10,  // softmax confidence of the fault-free top class fell by over 10 points
  drop20   // by over 20
};
inline constexpr int kFailures = 3;
std::string_view name_of(Failure failure);

struct Outcome {
  OutcomeKind kind = OutcomeKind::masked_at_site;
  std::uint8_t golden_class = 0, faulty_class = 0;
  std::uint8_t is_sdc5 = 0, is_drop10 = 0, is_drop20 = 0;
  float logit_change = 0;  // largest absolute change of a logit, real units
  bool operator==(const Outcome&) const = default;
};
// By Failure.
inline constexpr std::array<std::uint8_t Outcome::*, kFailures> kFailureFields = {
    &Outcome::is_sdc5, &Outcome::is_drop10, &Outcome::is_drop20};

}  // namespace citrine
