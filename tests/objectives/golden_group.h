#pragma once
// Layers that golden tables describe by columns.
#include "golden_table.h"
#include "objectives/convolution_group.h"

namespace citrine::testing {

inline ConvolutionGroup golden_group(const GoldenRow& row, int groups = 1) {
  const auto at = [&](const char* column) { return static_cast<int>(row.integer(column)); };
  const auto out = [&](int side) {
    return (side + 2 * at("padding") - at("kernel")) / at("stride") + 1;
  };
  return {.in_height = at("height"),
          .in_width = at("width"),
          .out_height = out(at("height")),
          .out_width = out(at("width")),
          .channels = at("channels") / groups,
          .filters = at("filters") / groups,
          .kernel = at("kernel"),
          .stride = at("stride"),
          .padding = at("padding")};
}

}  // namespace citrine::testing
