// Any text gives an accelerator that costs can be computed for, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/accelerator_file.h"
#include "graph/graph_json.h"
#include "kernels/error.h"
#include "models/models.h"
#include "objectives/cost.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  static const auto graph = model("lemonade_1");
  try {
    const auto json = parse_json({reinterpret_cast<const char*>(bytes), size}, "input");
    if (json.is_object() && json.contains("energy") && json["energy"].is_string()) return 0;
    const auto total = cost(graph, accelerator_from_json(json, "input"));
    if (total.transfer_bytes <= 0 || total.cycles <= 0) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
