#pragma once
// One fault: where it is. In this version every fault flips one bit for one inference.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace citrine {

enum class Site : std::uint8_t {
  weight_operand,
  activation_operand,
  product,
  accumulator,
  output_register,
  weight_memory,
  activation_memory
};
inline constexpr int kSites = 7;
std::string_view name_of(Site site);
Site site(std::string_view name);  // Error that names the nearest valid one

struct Fault {
  Site site = Site::accumulator;
  std::uint32_t layer = 0;
  // Index of the output, [height, width, channels]; for weight memory of the weight, [filters,
  // kernel, kernel, channels].
  std::uint32_t element = 0;
  std::uint32_t step = 0;  // MAC of the output's dot product; 0 where the site has none
  std::uint32_t bit = 0;
  bool operator==(const Fault&) const = default;
};

enum class OutcomeKind : std::uint8_t {
  masked_at_site,   // no accumulator of the layer changed
  masked_in_layer,  // the layer's stored output did not change
  masked_later,     // the logits did not change
  benign,           // logits differ, the top class is the same
  sdc               // silent data corruption: the top class differs from the fault-free one
};
inline constexpr int kOutcomeKinds = 5;
std::string_view name_of(OutcomeKind kind);

struct Outcome {
  OutcomeKind kind = OutcomeKind::masked_at_site;
  std::uint8_t golden_class = 0, faulty_class = 0;
  std::uint8_t is_sdc5 = 0;  // the fault-free top class left the five best
  // Softmax confidence of the fault-free top class fell by over 10, 20 points.
  std::uint8_t is_drop10 = 0, is_drop20 = 0;
  float logit_change = 0;  // largest absolute change of a logit, real units
  bool operator==(const Outcome&) const = default;
};

}  // namespace citrine
