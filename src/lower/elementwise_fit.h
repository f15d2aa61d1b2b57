#pragma once
// Integer forms of pools, additions, concatenations, shortcuts and rectifiers of their own.
#include <span>
#include <vector>

#include "graph/graph.h"
#include "lower/calibration.h"

namespace citrine {

struct ElementwiseTarget {
  std::span<const float>
      values;  // of the float network before the rectifier, all calibration images
  Rectifier rectifier = Rectifier::none;
};

// The layer that computes `node`, with `inputs` (layers). Pools and shortcuts keep their input's
// step; additions and concatenations take the one that the criterion chooses. Throws Error if the
// operation has no integer form.
IntegerLayer fit_elementwise(const Graph& graph, int node, std::vector<int> inputs,
                             const ElementwiseTarget& target, const IntegerNetwork& network,
                             const Calibration& calibration);

}  // namespace citrine
