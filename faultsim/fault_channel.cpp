#include "faultsim/fault_channel.h"

#include "kernels/error.h"

namespace citrine {
namespace {

std::uint32_t channel_of_parameter(const Fault& fault, const LayerChannels& layer) {
  const bool is_weight = fault.site == Site::weight_memory;
  const auto each = is_weight ? layer.filter_weights : 1;
  const auto count = is_scale(fault.site) ? layer.scales : layer.channels;
  if (each == 0 || fault.element / each >= count)
    throw Error("element ", fault.element, " of ", name_of(fault.site), " must belong to one of ",
                count, " channels of layer ", fault.layer);
  return fault.element / each;
}

}  // namespace

std::vector<LayerChannels> layer_channels(const IntegerNetwork& network) {
  std::vector<LayerChannels> layers;
  for (const auto& layer : network.layers) {
    auto& one =
        layers.emplace_back(LayerChannels{.channels = static_cast<std::uint32_t>(layer.channels)});
    if (layer.kind != LayerKind::convolution) continue;
    one.filter_weights = static_cast<std::uint32_t>(layer.convolution.steps());
    one.scales = static_cast<std::uint32_t>(layer.scales.size());
  }
  return layers;
}

std::optional<std::uint32_t> channel_of(const Fault& fault, const LayerChannels& layer) {
  switch (fault.site) {
    case Site::array_weight:
    case Site::array_activation:
    case Site::array_product:
    case Site::array_accumulator:
      return std::nullopt;
    case Site::weight_memory:
    case Site::bias_memory:
    case Site::scale_multiplier:
    case Site::scale_shift: {
      const auto channel = channel_of_parameter(fault, layer);
      if (is_scale(fault.site) && layer.scales != layer.channels) return std::nullopt;
      return channel;
    }
    default:
      return fault.element % layer.channels;
  }
}

}  // namespace citrine
