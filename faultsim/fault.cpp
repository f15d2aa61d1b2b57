#include "faultsim/fault.h"

#include <array>

#include "kernels/names.h"

namespace citrine {
namespace {

// In the order of Site.
constexpr std::array<std::string_view, kSites> kSiteNames = {
    "weight_operand",  "activation_operand", "product",          "accumulator",
    "output_register", "weight_memory",      "activation_memory"};
// In the order of OutcomeKind.
constexpr std::array<std::string_view, kOutcomeKinds> kOutcomeNames = {
    "masked_at_site", "masked_in_layer", "masked_later", "benign", "sdc"};

}  // namespace

std::string_view name_of(Site site) { return kSiteNames.at(static_cast<std::size_t>(site)); }

Site site(std::string_view name) {
  return static_cast<Site>(index_of_name("fault site", name, kSiteNames));
}

std::string_view name_of(OutcomeKind kind) {
  return kOutcomeNames.at(static_cast<std::size_t>(kind));
}

}  // namespace citrine
