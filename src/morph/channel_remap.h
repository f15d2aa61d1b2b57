#pragma once
// Gives values of a network other channels: their makers' filters are copied, their readers'
// weights shared out.
#include <map>
#include <string>
#include <vector>

#include "graph/weights.h"
#include "morph/channel_spaces.h"

namespace citrine {

struct Remapped {
  Network network;
  std::vector<std::string> touched;  // nodes whose weights changed
};

// `maps` by space, as ChannelSpaces::spread gives them. A channel from nowhere has zero filters, an
// identity batch norm and an identity depthwise filter.
Remapped remap_channels(const Network& network, const ChannelSpaces& spaces,
                        const std::map<int, ChannelMap>& maps);

}  // namespace citrine
