#pragma once
// What NET on the command line stands for: a file of ours, a JSON graph or a built-in network.
#include <string>

#include "app/options.h"
#include "data/dataset.h"
#include "graph/weights.h"

namespace citrine {

bool is_integer_network(const std::string& net);

// Without weights. A built-in network takes its input and classes from `dataset` if there is one.
Graph load_graph(const std::string& net, const Options& options, const Dataset* dataset);
// With the weights of the file or of --weights; Error if there are none.
Network load_network(const std::string& net, const Options& options, const Dataset* dataset);
// The same, but with fresh weights drawn by `key` if there are none.
Network load_or_start_network(const std::string& net, const Options& options,
                              const Dataset& dataset, Key key);

// Throws Error unless the network reads these images and tells these classes apart.
void check_fits(const Graph& graph, const Dataset& dataset);

// Hash of graph and weights, 16 hexadecimal digits.
std::string network_hash(const Network& network);

}  // namespace citrine
