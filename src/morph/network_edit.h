#pragma once
// A network while it is changed: nodes and weights side by side, a graph again when finished.
#include <string>
#include <string_view>
#include <vector>

#include "graph/weights.h"

namespace citrine {

class NetworkEdit {
 public:
  explicit NetworkEdit(const Network& network);

  const std::vector<Node>& nodes() const { return nodes_; }
  Node& node(int index) { return nodes_[static_cast<std::size_t>(index)]; }
  Tensor& weight(const std::string& node, std::string_view parameter);

  // The new node gets index `at`, those from there on move up by one; its inputs lie below `at`.
  void insert(int at, Node node);
  // Inputs `from` of all nodes after `after` become `to`.
  void redirect(int from, int to, int after);
  // Readers of the node read its first input instead; its weights go with it.
  void bypass(int index);
  // A batch norm that maps what has these statistics to itself.
  void add_identity_batch_norm(const std::string& node, std::vector<float> mean,
                               std::vector<float> variance);
  // "<stem>1", "<stem>2", ...: the first that no node's name begins with.
  std::string fresh_name(std::string_view stem) const;

  Network finish() &&;

 private:
  Shape input_;
  std::vector<Node> nodes_;
  Weights weights_;
};

}  // namespace citrine
