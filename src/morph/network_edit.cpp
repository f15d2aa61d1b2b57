#include "morph/network_edit.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/error.h"

namespace citrine {
namespace {

// The node's own name, or one that has it as first part ("skip1" in "skip1.bn").
bool begins_with_name(std::string_view name, std::string_view stem) {
  return name.starts_with(stem) && (name.size() == stem.size() || name[stem.size()] == '.');
}

}  // namespace

NetworkEdit::NetworkEdit(const Network& network)
    : input_(network.graph.input_shape()),
      nodes_(network.graph.nodes()),
      weights_(network.weights) {}

Tensor& NetworkEdit::weight(const std::string& node, std::string_view parameter) {
  return weights_[node + "." + std::string(parameter)];
}

void NetworkEdit::insert(int at, Node node) {
  for (auto& other : nodes_)
    for (int& input : other.inputs)
      if (input >= at) ++input;
  nodes_.insert(nodes_.begin() + at, std::move(node));
}

void NetworkEdit::redirect(int from, int to, int after) {
  for (int index = after + 1; index < static_cast<int>(nodes_.size()); ++index)
    std::ranges::replace(node(index).inputs, from, to);
}

void NetworkEdit::bypass(int index) {
  const auto prefix = node(index).name + ".";
  for (const auto* parameter : {"weight", "bias", "running_mean", "running_var"})
    weights_.erase(prefix + parameter);
  redirect(index, node(index).inputs.front(), index);
  nodes_.erase(nodes_.begin() + index);
  for (auto& other : nodes_)
    for (int& input : other.inputs)
      if (input > index) --input;
}

void NetworkEdit::add_identity_batch_norm(const std::string& name, std::vector<float> mean,
                                          std::vector<float> variance) {
  const auto channels = static_cast<std::int64_t>(mean.size());
  std::vector<float> scale;
  scale.reserve(variance.size());
  for (const float value : variance) scale.push_back(std::sqrt(value + kBatchNormEpsilon));
  weight(name, "weight") = {{channels}, std::move(scale)};
  weight(name, "bias") = {{channels}, mean};
  weight(name, "running_mean") = {{channels}, std::move(mean)};
  weight(name, "running_var") = {{channels}, std::move(variance)};
}

std::string NetworkEdit::fresh_name(std::string_view stem) const {
  for (int number = 1;; ++number) {
    auto name = std::string(stem) + std::to_string(number);
    if (std::ranges::none_of(nodes_,
                             [&](const Node& node) { return begins_with_name(node.name, name); }))
      return name;
  }
}

Network NetworkEdit::finish() && {
  Network network = {Graph(input_, std::move(nodes_)), std::move(weights_)};
  check_weights(network.graph, network.weights);
  return network;
}

}  // namespace citrine
