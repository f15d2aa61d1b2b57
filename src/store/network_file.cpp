#include "store/network_file.h"

#include "graph/graph_json.h"
#include "store/contents_file.h"
#include "store/json_text.h"
#include "store/located.h"
#include "store/weights_group.h"

namespace citrine {

Contents network_contents(const NetworkFile& file, const std::string& where) {
  Contents contents(where);
  located(where, [&] { check_weights(file.network.graph, file.network.weights); });
  put_json(contents, "graph", to_json(file.network.graph));
  put_weights(contents, "weights", file.network.weights);
  put_origin(contents, file.origin);
  return contents;
}

NetworkFile network_from(const Contents& contents) {
  return located(contents.where(), [&] {
    NetworkFile file{.network = {.graph = graph_from_json(json_at(contents, "graph")),
                                 .weights = weights_from(contents, "weights")},
                     .origin = origin_from(contents)};
    check_weights(file.network.graph, file.network.weights);
    return file;
  });
}

void write_network(const std::filesystem::path& path, const NetworkFile& file) {
  write_contents(path, kNetworkSchema, network_contents(file, path.string()));
}

NetworkFile read_network(const std::filesystem::path& path) {
  return network_from(read_contents(path, kNetworkSchema));
}

}  // namespace citrine
