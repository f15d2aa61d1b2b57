#include "morph/morph.h"

#include <array>

#include "kernels/error.h"
#include "kernels/names.h"
#include "morph/operators.h"

namespace citrine {
namespace {

struct Entry {
  std::string_view name;
  bool is_exact;
  std::optional<Morphed> (*apply)(const Network&, Key);
};

constexpr std::array<Entry, kOperators> kTable = {{
    {"insert_convolution", true, insert_convolution},
    {"widen", true, widen},
    {"add_skip", true, add_skip},
    {"remove_layer", false, remove_layer},
}};

const Entry& entry(Operator op) { return kTable[static_cast<std::size_t>(op)]; }

}  // namespace

std::string_view name_of(Operator op) { return entry(op).name; }

Operator morph_operator(std::string_view name) {
  std::array<std::string_view, kOperators> names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = kTable[i].name;
    if (names[i] == name) return static_cast<Operator>(i);
  }
  throw Error(unknown_name("operator", name, names));
}

bool is_exact(Operator op) { return entry(op).is_exact; }

std::optional<Morphed> apply_if_possible(Operator op, const Network& network, Key key) {
  try {
    return entry(op).apply(network, split(key, name_of(op)));
  } catch (const GraphTooLarge&) {
    return std::nullopt;
  }
}

Morphed apply(Operator op, const Network& network, Key key) {
  auto morphed = apply_if_possible(op, network, key);
  if (!morphed) throw Error(name_of(op), ": the network has no place for it");
  return std::move(*morphed);
}

}  // namespace citrine
