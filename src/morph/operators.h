#pragma once
// The operators of morph.h, one a file; nothing where the network has no place for one.
#include <optional>
#include <span>

#include "morph/morph.h"

namespace citrine {

std::optional<Morphed> insert_convolution(const Network& network, Key key);
std::optional<Morphed> widen(const Network& network, Key key);
std::optional<Morphed> add_skip(const Network& network, Key key);
std::optional<Morphed> remove_layer(const Network& network, Key key);

// One of `places`, which are not empty, each as likely.
template <class Places>
const auto& drawn(const Places& places, Key key) {
  return places[static_cast<std::size_t>(uniform_below(key, 0, std::size(places)))];
}

}  // namespace citrine
