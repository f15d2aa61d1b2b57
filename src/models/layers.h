#pragma once
// Pieces that the built-in networks share.
#include <string>

#include "graph/graph_builder.h"

namespace citrine {

// Square kernel; a map's sides are divided by the stride and rounded up.
inline Operation conv(int channels, int kernel, int stride = 1, int groups = 1) {
  return {.channels = channels,
          .kernel = kernel,
          .stride = stride,
          .padding = kernel / 2,
          .groups = groups};
}

inline void classify(GraphBuilder& builder, int from, const std::string& name, int classes) {
  const int pooled = builder.add("pool", {.kind = OpKind::global_average_pool}, {from});
  builder.fully_connected(name, pooled, classes);
}

}  // namespace citrine
