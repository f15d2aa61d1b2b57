#include "faultsim/fault_model.h"

#include <array>

#include "kernels/names.h"

namespace citrine {
namespace {

// In the order of Mapping.
constexpr std::array<std::string_view, 3> kMappingNames = {"output_stationary", "weight_stationary",
                                                           "input_stationary"};

}  // namespace

std::string_view name_of(Mapping mapping) {
  return kMappingNames.at(static_cast<std::size_t>(mapping));
}

Mapping mapping(std::string_view name) {
  return static_cast<Mapping>(index_of_name("mapping", name, kMappingNames));
}

}  // namespace citrine
