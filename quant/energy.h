#pragma once
// What operations cost.
#include <cstdint>
#include <string>

#include "quant/operation_count.h"

namespace citrine {

// Energies of a technology, pJ; other widths cost in proportion to their size.
struct EnergyTable {
  std::string source;
  double add_32_bit_pj = 0;
  double shift_32_bit_pj = 0;
  double multiply_8_bit_pj = 0;
  double sram_32_bit_pj = 0;  // of reading or writing an on-chip buffer
  double dram_32_bit_pj = 0;  // of reading or writing memory outside of the chip
};

double energy_pj(const EnergyTable& table, const Workload& work);
double sram_pj(const EnergyTable& table, std::int64_t bits);
double dram_pj(const EnergyTable& table, std::int64_t bits);
// Of reading weights and biases once from memory outside of the chip.
double weight_read_pj(const EnergyTable& table, const Workload& work);

}  // namespace citrine
