#include <array>

#include "graph/graph.h"
#include "graph/printable.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

constexpr std::array<std::string_view, 13> kNames = {
    "input",        "convolution",         "batch_norm", "relu",   "relu6",           "max_pool",
    "average_pool", "global_average_pool", "add",        "concat", "fully_connected", "shortcut",
    "identity"};

}  // namespace

std::string_view name_of(OpKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

OpKind op_kind(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<OpKind>(i);
  throw Error(unknown_name("operation", printable(name), kNames));
}

}  // namespace citrine
