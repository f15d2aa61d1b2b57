#pragma once
// A child: a few operators, drawn at random, applied one after the other to its parent.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "morph/morph.h"

namespace citrine {

struct Mutation {
  Network network;
  std::vector<std::string> operators;  // descriptions, in the order applied
  bool is_approximate = false;
  std::vector<std::string> touched;  // nodes of the result with new or reshaped weights, ascending
};

// 1 to `max_operators` operators. One without a place in the network is drawn anew a few times,
// then left out; nothing if none fits.
std::optional<Mutation> mutate(const Network& parent, std::span<const Operator> operators,
                               int max_operators, Key key);

}  // namespace citrine
