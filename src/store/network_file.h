#pragma once
// A network as a file: graph, float weights, and how it came to be.
#include <filesystem>

#include "graph/weights.h"
#include "store/contents.h"
#include "store/origin.h"

namespace citrine {

struct NetworkFile {
  Network network;
  Origin origin = {};
};

// Throw Error if the weights are not the graph's or not finite, or the file does not hold.
void write_network(const std::filesystem::path& path, const NetworkFile& file);
NetworkFile read_network(const std::filesystem::path& path);

// The same without a file; `where`: its name in messages.
Contents network_contents(const NetworkFile& file, const std::string& where);
NetworkFile network_from(const Contents& contents);

}  // namespace citrine
