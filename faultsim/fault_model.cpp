#include "faultsim/fault_model.h"

#include <algorithm>
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

bool FaultModel::has(std::size_t layer) const {
  return layers.empty() || std::ranges::find(layers, layer) != layers.end();
}

std::string_view name_of_layers(const FaultModel& model) {
  return model.layers.empty() ? "network" : "chosen layers";
}

Mapping mapping(std::string_view name) {
  return static_cast<Mapping>(index_of_name("mapping", name, kMappingNames));
}

}  // namespace citrine
