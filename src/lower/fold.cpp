#include "lower/fold.h"

#include <cmath>

#include "kernels/error.h"
#include "lower/lower.h"

namespace citrine {
namespace {

// A batch norm in evaluation mode: y = scale x + shift, per channel.
struct Affine {
  std::vector<double> scale, shift;
};

Affine affine_of(const Weights& weights, const std::string& name) {
  const auto& scale = weights.at(name + ".weight").values;
  const auto& shift = weights.at(name + ".bias").values;
  const auto& mean = weights.at(name + ".running_mean").values;
  const auto& variance = weights.at(name + ".running_var").values;
  Affine affine;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    affine.scale.push_back(scale[c] / std::sqrt(double{variance[c]} + double{kBatchNormEpsilon}));
    affine.shift.push_back(shift[c] - mean[c] * affine.scale.back());
  }
  return affine;
}

void copy_parameters(const Weights& from, const std::string& name, Weights& to) {
  for (auto it = from.lower_bound(name + ".");
       it != from.end() && it->first.starts_with(name + "."); ++it)
    if (it->first.find('.', name.size() + 1) == std::string::npos) to.insert(*it);
}

// Builds a new graph from an old one, node by node.
class Rewriter {
 public:
  explicit Rewriter(const Network& network) : old_(network) {}

  void skip(int index) { place_.push_back(place(old_.graph.node(index).inputs[0])); }

  void keep(int index) {
    const auto& node = old_.graph.node(index);
    append(node);
    copy_parameters(old_.weights, node.name, weights_);
  }

  // Multiplies the batch norm into the layer with weights that it follows.
  void fold(int index) {
    const auto affine = affine_of(old_.weights, old_.graph.node(index).name);
    skip(index);
    auto& target = nodes_[static_cast<std::size_t>(place_.back())];
    auto& weight = weights_.at(target.name + ".weight").values;
    auto& bias = weights_[target.name + ".bias"];
    const auto filters = affine.scale.size();
    if (!target.op.has_bias) bias = {{static_cast<std::int64_t>(filters)}, {}};
    bias.values.resize(filters);
    target.op.has_bias = true;
    const auto steps = weight.size() / filters;
    for (std::size_t i = 0; i < weight.size(); ++i)
      weight[i] = static_cast<float>(weight[i] * affine.scale[i / steps]);
    for (std::size_t c = 0; c < filters; ++c)
      bias.values[c] = static_cast<float>(bias.values[c] * affine.scale[c] + affine.shift[c]);
  }

  void make_depthwise(int index) {
    auto node = old_.graph.node(index);
    const auto affine = affine_of(old_.weights, node.name);
    const int channels = static_cast<int>(affine.scale.size());
    node.op = {
        .kind = OpKind::convolution, .channels = channels, .groups = channels, .has_bias = true};
    append(node);
    weights_[node.name + ".weight"] = {{channels, 1, 1, 1},
                                       {affine.scale.begin(), affine.scale.end()}};
    weights_[node.name + ".bias"] = {{channels}, {affine.shift.begin(), affine.shift.end()}};
  }

  Network build() && {
    return {Graph(old_.graph.input_shape(), std::move(nodes_)), std::move(weights_)};
  }

 private:
  int place(int old_index) const { return place_[static_cast<std::size_t>(old_index)]; }

  void append(Node node) {
    for (int& input : node.inputs) input = place(input);
    place_.push_back(static_cast<int>(nodes_.size()));
    nodes_.push_back(std::move(node));
  }

  const Network& old_;
  std::vector<int> place_;  // of an old node in the new graph
  std::vector<Node> nodes_;
  Weights weights_;
};

// Does the batch norm `index` follow, perhaps after others, a layer with weights that nobody else
// reads?
bool is_foldable(const Graph& graph, int index) {
  const int source = graph.node(index).inputs[0];
  const auto kind = graph.node(source).op.kind;
  if (graph.consumers(source).size() != 1) return false;
  return is_dot_product(kind) || kind == OpKind::batch_norm;
}

}  // namespace

Network remove_identities(const Network& network) {
  Rewriter rewriter(network);
  for (int index = 0; index < network.graph.size(); ++index)
    if (network.graph.node(index).op.kind == OpKind::identity)
      rewriter.skip(index);
    else
      rewriter.keep(index);
  return std::move(rewriter).build();
}

Network fold_batch_norm(const Network& network) {
  Rewriter rewriter(network);
  for (int index = 0; index < network.graph.size(); ++index) {
    if (network.graph.node(index).op.kind != OpKind::batch_norm)
      rewriter.keep(index);
    else if (is_foldable(network.graph, index))
      rewriter.fold(index);
    else
      rewriter.make_depthwise(index);
  }
  return std::move(rewriter).build();
}

}  // namespace citrine
