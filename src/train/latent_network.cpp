#include "train/latent_network.h"

#include <algorithm>
#include <cmath>

#include "quant/rescaling.h"

namespace citrine {
namespace {

bool has_free_step(const IntegerLayer& layer) {
  return !is_power_of_two(layer.format.step) ||
         !std::ranges::all_of(layer.weight_steps, is_power_of_two);
}

// Rounds one layer of a network whose earlier layers are rounded.
class LayerRounding {
 public:
  LayerRounding(const LatentNetwork& latent, IntegerNetwork& network, std::size_t index)
      : latent_(latent),
        values_(latent.layers[index]),
        network_(network),
        index_(index),
        layer_(network.layers[index]) {}

  void run() const {
    if (layer_.kind == LayerKind::convolution) round_convolution();
    set_stored();
    set_scales(network_, layer_);
  }

 private:
  double input_step(std::size_t input) const {
    return network_.layers[static_cast<std::size_t>(layer_.inputs[input])].format.step;
  }
  double unit(std::size_t filter) const {
    return accumulator_unit(network_, layer_, static_cast<int>(filter));
  }

  void round_convolution() const {
    for (std::size_t i = 0; i < layer_.weight_steps.size(); ++i)
      layer_.weight_steps[i] = double{step_of(values_.weight_exponents[i], latent_.has_free_steps)};
    const auto steps = layer_.weights.size() / layer_.bias.size();
    for (std::size_t i = 0; i < layer_.weights.size(); ++i) {
      const auto step =
          static_cast<float>(of_channel(layer_.weight_steps, static_cast<int>(i / steps)));
      layer_.weights[i] = static_cast<std::int16_t>(
          layer_.weight_format.nearest(double{values_.weights[i] / step}));
    }
    const auto most = static_cast<double>(layer_.accumulator.highest());
    for (std::size_t filter = 0; filter < layer_.bias.size(); ++filter)
      layer_.bias[filter] = static_cast<std::int32_t>(
          std::floor(std::clamp(double{values_.bias[filter]} / unit(filter), -most, most) + 0.5));
  }

  void set_stored() const {
    auto& step = layer_.format.step;
    if (owns_step(latent_.form, index_))
      step = double{step_of(values_.exponent, latent_.has_free_steps)};
    else if (layer_.kind == LayerKind::convolution)
      step = unit(0);
    else
      step = input_step(0) * step_ratio(latent_.form, index_);
    layer_.high = highest_stored(layer_, values_.ceiling, step);
  }

  const LatentNetwork& latent_;
  const LatentLayer& values_;
  IntegerNetwork& network_;
  std::size_t index_;
  IntegerLayer& layer_;
};

LatentLayer latent_layer(const IntegerNetwork& network, const IntegerLayer& layer) {
  LatentLayer values;
  values.exponent = static_cast<float>(std::log2(layer.format.step));
  if (layer.kind != LayerKind::convolution) return values;
  for (const double step : layer.weight_steps)
    values.weight_exponents.push_back(static_cast<float>(std::log2(step)));
  const auto steps = layer.weights.size() / layer.bias.size();
  const auto step = [&](std::size_t filter) {
    return of_channel(layer.weight_steps, static_cast<int>(filter));
  };
  for (std::size_t i = 0; i < layer.weights.size(); ++i)
    values.weights.push_back(static_cast<float>(layer.weights[i] * step(i / steps)));
  const double input = network.layers[static_cast<std::size_t>(layer.inputs[0])].format.step;
  for (std::size_t filter = 0; filter < layer.bias.size(); ++filter)
    values.bias.push_back(static_cast<float>(layer.bias[filter] * step(filter) * input));
  return values;
}

// Steps by which an accumulator of layer `index` could overflow; false if there were none.
bool coarsen(const IntegerNetwork& network, std::size_t index, std::vector<float>& exponents) {
  const auto& layer = network.layers[index];
  if (layer.kind != LayerKind::convolution || layer.accumulator.overflow != Overflow::never)
    return false;
  std::vector<bool> overflows(exponents.size());
  for (int filter = 0; filter < layer.channels; ++filter)
    if (accumulator_bound(network, layer, filter) > layer.accumulator.highest())
      overflows[exponents.size() == 1 ? 0 : static_cast<std::size_t>(filter)] = true;
  for (std::size_t i = 0; i < exponents.size(); ++i)
    if (overflows[i]) exponents[i] += 1;
  return std::ranges::find(overflows, true) != overflows.end();
}

}  // namespace

LatentNetwork latent_network(const IntegerNetwork& network) {
  LatentNetwork latent{.form = network,
                       .layers = {},
                       .has_free_steps = std::ranges::any_of(network.layers, has_free_step)};
  for (const auto& layer : network.layers) latent.layers.push_back(latent_layer(network, layer));
  return latent;
}

bool owns_step(const IntegerNetwork& network, std::size_t index) {
  const auto kind = network.layers[index].kind;
  return kind == LayerKind::input || kind == LayerKind::add || kind == LayerKind::concat ||
         (kind == LayerKind::convolution && index + 1 < network.layers.size());
}

double step_ratio(const IntegerNetwork& network, std::size_t index) {
  const auto& layer = network.layers[index];
  return layer.format.step / network.layers[static_cast<std::size_t>(layer.inputs[0])].format.step;
}

float step_of(float exponent, bool is_free) {
  return std::exp2(is_free ? exponent : std::floor(exponent + 0.5F));
}

std::int32_t highest_stored(const IntegerLayer& layer, float ceiling, double step) {
  const auto& number = layer.format.number;
  return std::isinf(ceiling) ? layer.high : number.nearest(double{ceiling} / step);
}

IntegerNetwork rounded(const LatentNetwork& latent) {
  auto network = latent.form;
  for (std::size_t index = 0; index < network.layers.size(); ++index)
    LayerRounding(latent, network, index).run();
  return network;
}

void fit_accumulators(LatentNetwork& latent) {
  for (bool is_coarser = true; is_coarser;) {
    is_coarser = false;
    const auto network = rounded(latent);
    for (std::size_t index = 1; index < network.layers.size(); ++index)
      is_coarser |= coarsen(network, index, latent.layers[index].weight_exponents);
  }
}

}  // namespace citrine
