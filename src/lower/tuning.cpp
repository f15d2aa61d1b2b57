#include "lower/tuning.h"

#include <algorithm>

#include "kernels/error.h"
#include "lower/convolution_fit.h"
#include "lower/fold.h"
#include "lower/lower.h"
#include "lower/plan.h"

namespace citrine {
namespace {

constexpr float kReLU6Ceiling = 6;

const IntegerLayer* find_layer(const IntegerNetwork& network, const std::string& name) {
  const auto found = std::ranges::find(network.layers, name, &IntegerLayer::name);
  return found == network.layers.end() ? nullptr : &*found;
}

std::size_t index_of(const IntegerNetwork& network, const std::string& name) {
  const auto* layer = find_layer(network, name);
  if (layer == nullptr) throw Error("the integer network must have a layer '", name, "'");
  return static_cast<std::size_t>(layer - network.layers.data());
}

// The layer that stores a planned layer's values: the addition itself where it was left out of the
// accumulator.
std::size_t storing_layer(const Graph& graph, const PlannedLayer& planned,
                          const IntegerNetwork& network) {
  const auto& sum = graph.node(planned.sum).name;
  return index_of(network, find_layer(network, sum) ? sum : graph.node(planned.node).name);
}

void take_float_weights(const std::vector<float>& weights, const IntegerLayer& layer,
                        std::vector<float>& latent) {
  if (weights.size() != latent.size())
    throw Error("layer '", layer.name, "' must have ", weights.size(), " weights, got ",
                latent.size());
  const auto steps = weights.size() / layer.bias.size();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto step =
        static_cast<float>(of_channel(layer.weight_steps, static_cast<int>(i / steps)));
    if (layer.weight_format.nearest(double{weights[i] / step}) == layer.weights[i])
      latent[i] = weights[i];
  }
}

}  // namespace

LatentNetwork latent_network(const Network& network, const IntegerNetwork& integer) {
  auto latent = latent_network(integer);
  const auto folded = fold_batch_norm(remove_identities(network));
  for (const auto& planned : plan_layers(folded.graph)) {
    const auto& node = folded.graph.node(planned.node);
    if (planned.rectifier == Rectifier::relu6)
      latent.layers[storing_layer(folded.graph, planned, integer)].ceiling = kReLU6Ceiling;
    if (!is_dot_product(node.op.kind)) continue;
    const auto host = index_of(integer, node.name);
    take_float_weights(float_convolution(folded, planned.node, {}).weights, integer.layers[host],
                       latent.layers[host].weights);
  }
  return latent;
}

}  // namespace citrine
