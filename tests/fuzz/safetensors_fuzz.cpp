// Any bytes give tensors, each with as many values as its shape says, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "kernels/error.h"
#include "models/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    for (const auto& [name, tensor] :
         citrine::parse_safetensors({reinterpret_cast<const char*>(bytes), size}, "input")) {
      std::size_t count = 1;
      for (const auto side : tensor.shape) count *= static_cast<std::size_t>(side);
      if (count != tensor.values.size()) std::abort();
    }
  } catch (const citrine::Error&) {
  }
  return 0;
}
