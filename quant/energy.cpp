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

double weight_read_pj(const EnergyTable& table, const Workload& work) {
  return table.dram_read_32_bit_pj / 4 * static_cast<double>(work.weight_bytes);
}

}  // namespace citrine
