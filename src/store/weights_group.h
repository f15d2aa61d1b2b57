#pragma once
// Float weights as a group: "<group>/<node>/<parameter>".
#include <string>

#include "graph/weights.h"
#include "store/contents.h"

namespace citrine {

void put_weights(Contents& contents, const std::string& group, const Weights& weights);
// Whatever parameters are there, each float32; the caller checks them against a graph.
Weights weights_from(const Contents& contents, const std::string& group);

}  // namespace citrine
