#pragma once
// An integer network as a file, with the graph of the float network that it came from.
#include <filesystem>

#include "graph/graph.h"
#include "quant/integer_network.h"
#include "store/contents.h"
#include "store/origin.h"

namespace citrine {

struct IntegerNetworkFile {
  IntegerNetwork network;
  Graph graph;  // of the float network it came from
  Origin origin = {};
};

// Throw Error if the network does not pass check() or the file does not hold.
void write_integer_network(const std::filesystem::path& path, const IntegerNetworkFile& file);
IntegerNetworkFile read_integer_network(const std::filesystem::path& path);

// The same without a file; `where`: its name in messages.
Contents integer_network_contents(const IntegerNetworkFile& file, const std::string& where);
IntegerNetworkFile integer_network_from(const Contents& contents);

}  // namespace citrine
