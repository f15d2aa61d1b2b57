#pragma once
// An accelerator: an array of processing elements behind one on-chip buffer, and its memory.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quant/energy.h"

namespace citrine {

// What stays in place while the rest passes by.
enum class Dataflow : std::uint8_t { weight_stationary, output_stationary, input_stationary };
inline constexpr Dataflow kDataflows[] = {Dataflow::weight_stationary, Dataflow::output_stationary,
                                          Dataflow::input_stationary};
std::string_view name_of(Dataflow dataflow);
Dataflow dataflow(std::string_view name);  // Error that names the nearest valid one

struct Accelerator {
  std::int64_t buffer_bytes = 64 * 1024;
  int weight_bits = 8, activation_bits = 8, accumulator_bits = 32;
  int rows = 16, columns = 16;  // processing elements
  double clock_hz = 200e6;
  // Of the array and of the tiles in the buffer; none: for each layer the one with the fewest
  // cycles, and with the least transfer.
  std::optional<Dataflow> array_dataflow = Dataflow::output_stationary, tile_dataflow = {};
  // Do maps stay in the buffer where all that are alive fit?
  bool keeps_maps = false;
  int frames = 1;                   // computed at a time
  double memory_bytes_per_s = 4e8;  // outside of the chip
  EnergyTable energies = {};
  std::string name = {}, source = {};
};

// Throws Error that names the entry unless all figures but the energies are within their bounds.
void check(const Accelerator& accelerator);

}  // namespace citrine
