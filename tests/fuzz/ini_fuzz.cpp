// Any text as an .ini file: options that hold, or one Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "app/options.h"
#include "kernels/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  try {
    const citrine::Options options("search", {}, citrine::parse_ini("search", text, "ini"));
    const citrine::Options again("search", {},
                                 citrine::parse_ini("search", options.ini(), "again"));
    if (!citrine::difference(options.config(), again.config()).empty()) std::abort();
  } catch (const citrine::Error&) {
  }
  return 0;
}
