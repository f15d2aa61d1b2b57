#include "faultsim/fault.h"

#include <array>

#include "kernels/names.h"

namespace citrine {
namespace {

// In the order of Site.
constexpr std::array<std::string_view, kSites> kSiteNames = {
    "weight_operand",   "activation_operand", "product",           "accumulator",
    "output_register",  "weight_memory",      "activation_memory", "bias_memory",
    "scale_multiplier", "scale_shift",        "exponent_register", "shifter",
    "mode_bit",         "array_weight",       "array_activation",  "array_product",
    "array_accumulator"};
// In the order of Effect.
constexpr std::array<std::string_view, kEffects> kEffectNames = {"flip", "stuck_at_0", "stuck_at_1",
                                                                 "random_value"};
// In the order of OutcomeKind.
constexpr std::array<std::string_view, kOutcomeKinds> kOutcomeNames = {
    "masked_at_site", "masked_in_layer", "masked_later", "benign", "sdc"};
// In the order of Failure.
constexpr std::array<std::string_view, kFailures> kFailureNames = {"sdc5", "drop10", "drop20"};

}  // namespace

std::string_view name_of(Site site) { return kSiteNames.at(static_cast<std::size_t>(site)); }

Site site(std::string_view name) {
  return static_cast<Site>(index_of_name("fault site", name, kSiteNames));
}

bool is_array(Site site) { return site >= Site::array_weight; }

bool is_scale(Site site) { return site == Site::scale_multiplier || site == Site::scale_shift; }

bool is_learned(Site site) { return site == Site::weight_memory || site == Site::bias_memory; }

std::string_view name_of(Effect effect) {
  return kEffectNames.at(static_cast<std::size_t>(effect));
}

Effect effect(std::string_view name) {
  return static_cast<Effect>(index_of_name("effect", name, kEffectNames));
}

std::string_view name_of(OutcomeKind kind) {
  return kOutcomeNames.at(static_cast<std::size_t>(kind));
}

std::string_view name_of(Failure failure) {
  return kFailureNames.at(static_cast<std::size_t>(failure));
}

}  // namespace citrine
