#pragma once
// Grows a graph node by node; every call returns the new node's index.
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace citrine {

class GraphBuilder {
 public:
  explicit GraphBuilder(Shape input);
  int add(std::string name, Operation op, std::vector<int> inputs);
  int convolution(std::string name, int from, Operation op);  // op.kind is set here
  int batch_norm(std::string name, int from);
  int relu(std::string name, int from);
  int relu6(std::string name, int from);
  // Convolution without bias, "<name>"; batch norm "<name>.bn"; ReLU "<name>.relu".
  int conv_bn_relu(const std::string& name, int from, Operation op);
  int fully_connected(std::string name, int from, int units);
  const Node& node(int index) const { return nodes_[static_cast<std::size_t>(index)]; }
  Graph build() &&;

 private:
  Shape input_;
  std::vector<Node> nodes_;
};

}  // namespace citrine
