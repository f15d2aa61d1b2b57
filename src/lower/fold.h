#pragma once
// Graphs without batch norm and identity, for integer arithmetic.
#include "graph/weights.h"

namespace citrine {

// The same network without its identity nodes. Throws Error if nothing but identities is left.
Network remove_identities(const Network& network);

}  // namespace citrine
