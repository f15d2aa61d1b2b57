#pragma once
// A layer of a run once it is computed, for those who look at single elements or change them.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernels/map_view.h"
#include "quant/forward.h"

namespace citrine {

struct LayerRun {
  MapView input;                         // what its first input stores
  std::optional<MapView> residual;       // what its second one does, if it has two
  std::optional<MutableMapView> stored;  // none of the last layer
  // Accumulators of a convolution, [height, width, channels], of the last layer the logits; none
  // where they are not kept.
  std::int32_t* sums = nullptr;
};

LayerRun layer_run(const IntegerNetwork& network, std::size_t layer, Activations& run);

}  // namespace citrine
