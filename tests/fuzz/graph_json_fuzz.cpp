// Any text gives a graph, which survives writing and reading, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "graph/graph_json.h"
#include "kernels/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  try {
    const auto graph =
        graph_from_json(parse_json({reinterpret_cast<const char*>(bytes), size}, "input"));
    const auto back = graph_from_json(parse_json(to_json(graph).dump(), "written"));
    if (back.nodes() != graph.nodes() || canonical_hash(back) != canonical_hash(graph) ||
        count_macs(graph) < 0)
      std::abort();
  } catch (const Error&) {
  }
  return 0;
}
