// Any bytes give a value or an Error.
#include <cstddef>
#include <cstdint>

#include "data/gtsrb_csv.h"
#include "kernels/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    citrine::parse_gtsrb_csv({bytes, size}, "input");
  } catch (const citrine::Error&) {
  }
  return 0;
}
