#include "graph/graph_builder.h"

namespace citrine {

GraphBuilder::GraphBuilder(Shape input) : input_(input) {
  nodes_.push_back({"input", {.kind = OpKind::input}, {}});
}

int GraphBuilder::add(std::string name, Operation op, std::vector<int> inputs) {
  nodes_.push_back({std::move(name), op, std::move(inputs)});
  return static_cast<int>(nodes_.size()) - 1;
}

int GraphBuilder::convolution(std::string name, int from, Operation op) {
  op.kind = OpKind::convolution;
  return add(std::move(name), op, {from});
}

int GraphBuilder::batch_norm(std::string name, int from) {
  return add(std::move(name), {.kind = OpKind::batch_norm}, {from});
}
int GraphBuilder::relu(std::string name, int from) {
  return add(std::move(name), {.kind = OpKind::relu}, {from});
}
int GraphBuilder::relu6(std::string name, int from) {
  return add(std::move(name), {.kind = OpKind::relu6}, {from});
}

int GraphBuilder::conv_bn_relu(const std::string& name, int from, Operation op) {
  return relu(name + ".relu", batch_norm(name + ".bn", convolution(name, from, op)));
}

int GraphBuilder::fully_connected(std::string name, int from, int units) {
  return add(std::move(name),
             {.kind = OpKind::fully_connected, .channels = units, .has_bias = true}, {from});
}

Graph GraphBuilder::build() && { return Graph(input_, std::move(nodes_)); }

}  // namespace citrine
