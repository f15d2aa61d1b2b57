#include "quant/energy.h"

namespace citrine {
namespace {

double unit_pj(const EnergyTable& table, Arithmetic kind) {
  switch (kind) {
    case Arithmetic::multiply:
      return table.multiply_8_bit_pj / 64;
    case Arithmetic::shift:
      return table.shift_32_bit_pj / 32;
    case Arithmetic::add:
      break;
  }
  return table.add_32_bit_pj / 32;
}

}  // namespace

double energy_pj(const EnergyTable& table, const Workload& work) {
  double sum = 0;
  for (const auto& [kind, size, count] : work.operations)
    sum += unit_pj(table, kind) * static_cast<double>(size) * static_cast<double>(count);
  return sum;
}

double sram_pj(const EnergyTable& table, std::int64_t bits) {
  return table.sram_32_bit_pj / 32 * static_cast<double>(bits);
}

double dram_pj(const EnergyTable& table, std::int64_t bits) {
  return table.dram_32_bit_pj / 32 * static_cast<double>(bits);
}

double weight_read_pj(const EnergyTable& table, const Workload& work) {
  return dram_pj(table, 8 * work.weight_bytes);
}

}  // namespace citrine
