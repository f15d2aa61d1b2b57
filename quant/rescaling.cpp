#include "quant/rescaling.h"

#include <algorithm>

namespace citrine {
namespace {

constexpr double kSumFraction = 256;
constexpr double kMaxInputRatio = 1 << 20;
constexpr double kMinRatio = 0x1p-62, kMaxRatio = 0x1p30;

double input_step(const IntegerNetwork& network, const IntegerLayer& layer, std::size_t input) {
  return network.layers[static_cast<std::size_t>(layer.inputs[input])].format.step;
}

Scale scale_between(double from, double to) {
  return nearest_scale(std::clamp(from / to, kMinRatio, kMaxRatio));
}

void set_convolution_scales(const IntegerNetwork& network, IntegerLayer& layer) {
  const bool has_residual = layer.inputs.size() > 1;
  layer.scales.clear();
  layer.residual_scales.clear();
  for (int i = 0; i < static_cast<int>(layer.weight_steps.size()); ++i) {
    const double unit = accumulator_unit(network, layer, i);
    layer.scales.push_back(scale_between(unit, layer.format.step));
    if (has_residual)
      layer.residual_scales.push_back(scale_between(input_step(network, layer, 1), unit));
  }
  if (!has_residual) layer.residual_scales = {{}};
}

void set_input_scales(const IntegerNetwork& network, IntegerLayer& layer, double unit) {
  layer.input_scales.clear();
  for (std::size_t i = 0; i < layer.inputs.size(); ++i)
    layer.input_scales.push_back(scale_between(input_step(network, layer, i), unit));
}

double sum_unit(const IntegerNetwork& network, const IntegerLayer& layer) {
  std::vector<double> steps;
  for (std::size_t i = 0; i < layer.inputs.size(); ++i)
    steps.push_back(input_step(network, layer, i));
  const auto [finest, coarsest] = std::ranges::minmax(steps);
  const bool are_multiples = std::ranges::all_of(
      steps, [finest = finest](double step) { return is_power_of_two(step / finest); });
  return std::max(are_multiples ? finest : finest / kSumFraction, coarsest / kMaxInputRatio);
}

}  // namespace

double accumulator_unit(const IntegerNetwork& network, const IntegerLayer& convolution,
                        int filter) {
  return of_channel(convolution.weight_steps, filter) * input_step(network, convolution, 0);
}

void set_scales(const IntegerNetwork& network, IntegerLayer& layer) {
  switch (layer.kind) {
    case LayerKind::convolution:
      return set_convolution_scales(network, layer);
    case LayerKind::add: {
      const double unit = sum_unit(network, layer);
      set_input_scales(network, layer, unit);
      layer.scales = {scale_between(unit, layer.format.step)};
      return;
    }
    case LayerKind::concat:
    case LayerKind::shortcut:
      return set_input_scales(network, layer, layer.format.step);
    case LayerKind::max_pool:
    case LayerKind::average_pool:
      layer.scales = {scale_between(input_step(network, layer, 0), layer.format.step)};
      return;
    case LayerKind::input:
      return;
  }
}

}  // namespace citrine
