// Any text gives a table of finite energies that are not negative, or an Error.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/energy_file.h"
#include "graph/graph_json.h"
#include "kernels/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  try {
    const auto table =
        energy_table(parse_json({reinterpret_cast<const char*>(bytes), size}, "input"), "input");
    for (const double energy : {table.add_32_bit_pj, table.shift_32_bit_pj, table.multiply_8_bit_pj,
                                table.sram_32_bit_pj, table.dram_32_bit_pj})
      if (!std::isfinite(energy) || energy < 0) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
