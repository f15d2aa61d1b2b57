#pragma once
// Which output channel a fault acts on.
#include <cstdint>
#include <optional>
#include <vector>

#include "faultsim/fault.h"
#include "quant/integer_network.h"

namespace citrine {

// How a layer's elements divide into its output channels.
struct LayerChannels {
  std::uint32_t channels = 1;
  std::uint32_t filter_weights = 0;  // of a filter; 0 where the layer has none
  std::uint32_t scales = 0;          // of the requantization: one, or one a channel
  bool operator==(const LayerChannels&) const = default;
};
std::vector<LayerChannels> layer_channels(const IntegerNetwork& network);

// Of a weight or bias its filter, else that of the output. None of the array, nor of a scale that
// serves all channels. Throws Error if the layer has no such weight, bias or scale.
std::optional<std::uint32_t> channel_of(const Fault& fault, const LayerChannels& layer);

}  // namespace citrine
