#include "quant/layer_run.h"

namespace citrine {

LayerRun layer_run(const IntegerNetwork& network, std::size_t layer, Activations& run) {
  const auto map = [&](std::size_t index) {
    const auto& source = network.layers[index];
    return MutableMapView(run.stored[index].data(), source.width, source.channels);
  };
  const auto& inputs = network.layers[layer].inputs;
  const bool is_last = layer + 1 == network.layers.size();
  LayerRun result{.input = map(static_cast<std::size_t>(inputs[0])),
                  .residual = {},
                  .stored = {},
                  .sums = is_last ? run.logits.data() : run.sums[layer].data()};
  if (inputs.size() > 1) result.residual = map(static_cast<std::size_t>(inputs[1]));
  if (!is_last) result.stored = map(layer);
  return result;
}

}  // namespace citrine
