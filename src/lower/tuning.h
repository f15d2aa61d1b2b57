#pragma once
// What tuning starts from.
#include "graph/weights.h"
#include "train/latent_network.h"

namespace citrine {

// The float weights that `integer`'s were rounded from when `network` was lowered to it. Values of
// the integer network where a weight rounds to another integer, and its biases, which are
// corrected.
LatentNetwork latent_network(const Network& network, const IntegerNetwork& integer);

}  // namespace citrine
