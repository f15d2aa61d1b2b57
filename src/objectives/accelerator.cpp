#include "objectives/accelerator.h"

#include <array>

#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"weight_stationary", "output_stationary",
                                                    "input_stationary"};

void check_within(const char* what, std::int64_t value, std::int64_t most) {
  if (value < 1 || value > most) throw Error(what, " must be 1 to ", most, ", got ", value);
}

void check_rate(const char* what, double value, double most, const char* unit) {
  if (!(value >= 1 && value <= most))
    throw Error(what, " must be 1 to ", most, ' ', unit, ", got ", value);
}

}  // namespace

std::string_view name_of(Dataflow dataflow) { return kNames[static_cast<std::size_t>(dataflow)]; }

Dataflow dataflow(std::string_view name) {
  for (const auto each : kDataflows)
    if (name_of(each) == name) return each;
  throw Error(unknown_name("dataflow", name, kNames));
}

void check(const Accelerator& accelerator) {
  const auto& a = accelerator;
  check_within("bytes of the buffer", a.buffer_bytes, std::int64_t{1} << 50);
  check_within("bits of a weight", a.weight_bits, 64);
  check_within("bits of an activation", a.activation_bits, 64);
  check_within("bits of an accumulator", a.accumulator_bits, 64);
  check_within("rows of the array", a.rows, 1 << 20);
  check_within("columns of the array", a.columns, 1 << 20);
  check_within("frames at a time", a.frames, 1 << 20);
  check_rate("the clock", a.clock_hz, 1e12, "Hz");
  check_rate("the memory's bandwidth", a.memory_bytes_per_s, 1e18, "bytes/s");
}

}  // namespace citrine
