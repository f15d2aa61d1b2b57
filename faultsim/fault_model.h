#pragma once
// What the faults of a campaign are, apart from where they are.
#include <cstdint>
#include <string_view>
#include <vector>

#include "faultsim/fault.h"
#include "kernels/random.h"

namespace citrine {

// Which of a layer's multiply-accumulates an element (row, column) of the array computes, indices
// modulo the array's size: those of output pixel `row` and filter `column`; of step `row` and
// filter `column`; of step `row` and output pixel `column`. Filters count within their group. A sum
// leaves its column behind the last step. Chen, Emer, Sze 2016, "Eyeriss", section IV, has the
// names.
enum class Mapping : std::uint8_t { output_stationary, weight_stationary, input_stationary };
std::string_view name_of(Mapping mapping);
Mapping mapping(std::string_view name);  // Error that names the nearest valid one

struct ArrayShape {
  std::uint32_t rows = 16, columns = 16;
  Mapping mapping = Mapping::output_stationary;
  bool operator==(const ArrayShape&) const = default;
};

// What faults are, and which layers have them.
struct FaultModel {
  Effect effect = Effect::flip;
  std::uint32_t width = 1;  // neighbouring bits of a fault; 0: all of the register
  ArrayShape array = {};
  Key values = {};  // random values are a function of it and the fault's number
  // Indices of those of the network that have faults; empty: all, and the array, which is of none.
  std::vector<std::uint32_t> layers = {};
  bool has(std::size_t layer) const;
};

// "network" or "chosen layers", for Error.
std::string_view name_of_layers(const FaultModel& model);

}  // namespace citrine
