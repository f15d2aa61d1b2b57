#pragma once
// Network morphisms: changes of (graph, weights) that keep the function, and approximate ones that nearly do.
#include <string>
#include <string_view>
#include <vector>

#include "graph/weights.h"
#include "kernels/random.h"

namespace citrine {

enum class Operator : std::uint8_t { insert_convolution, widen, add_skip, remove_layer };
inline constexpr int kOperators = 4;
std::string_view name_of(Operator op);
Operator morph_operator(std::string_view name);  // Error that names the nearest valid one
bool is_exact(Operator op);

struct Morphed {
  Network network;
  std::string description;           // "widen conv3 16 -> 24"
  std::vector<std::string> touched;  // nodes whose weights are new or have another shape
};

// Applies the operator at a place drawn by `key`; Error if the network has no place for it.
Morphed apply(Operator op, const Network& network, Key key);

}  // namespace citrine
