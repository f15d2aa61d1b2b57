#pragma once
// Network morphisms: changes of (graph, weights) that keep the function, and approximate ones that
// nearly do.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/weights.h"
#include "kernels/random.h"

namespace citrine {

enum class Operator : std::uint8_t {
  insert_convolution,  // identity convolution 1x1, 3x3 or 5x5, batch norm, ReLU behind a ReLU
  widen,               // copies of a convolution's filters, outgoing weights divided among them
  add_skip,            // by concatenation or by addition, both of no effect at first
  remove_layer         // approximate: convolution of stride 1, batch norm and ReLU go
};
inline constexpr int kOperators = 4;
std::string_view name_of(Operator op);
Operator morph_operator(std::string_view name);  // Error that names the nearest valid one
bool is_exact(Operator op);

struct Morphed {
  Network network;
  std::string description;           // "widen conv3 16 -> 24"
  std::vector<std::string> touched;  // nodes whose weights are new or have another shape
};

// Applies the operator at a place drawn by `key`; Error if the network has no place for it or would
// become larger than a graph may be. Exact operators keep the logits in evaluation mode. An
// addition is a branch through a batch norm of scale 0 instead of a convex combination: the scale
// is what is trained.
Morphed apply(Operator op, const Network& network, Key key);
// The same, but nothing if the network has no place for it, or would have more than a graph may.
std::optional<Morphed> apply_if_possible(Operator op, const Network& network, Key key);

}  // namespace citrine
