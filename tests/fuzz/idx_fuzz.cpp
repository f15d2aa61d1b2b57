// Any bytes give a value or an Error.
#include <cstddef>
#include <cstdint>

#include "data/idx.h"
#include "kernels/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    citrine::parse_idx({bytes, size}, 1 + 2 * (size % 2), "input");
  } catch (const citrine::Error&) {
  }
  return 0;
}
