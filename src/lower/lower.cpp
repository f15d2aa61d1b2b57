#include "lower/lower.h"

#include <algorithm>
#include <map>

#include "kernels/error.h"
#include "kernels/names.h"
#include "lower/convolution_fit.h"
#include "lower/elementwise_fit.h"
#include "lower/fold.h"
#include "lower/steps.h"
#include "train/train.h"

namespace citrine {
namespace {

constexpr std::int64_t kTrialImages = 64;  // compare steps; all correct biases

// A convolution that hands the 1x1 map of layer `index` on as logits.
FloatConvolution logits_convolution(const IntegerLayer& last, int index) {
  if (last.height != 1 || last.width != 1)
    throw Error("layer '", last.name, "' must end in one value a class, got a map of ", last.height,
                "x", last.width);
  const auto channels = static_cast<std::size_t>(last.channels);
  FloatConvolution convolution;
  auto& layer = convolution.layer;
  layer.name = last.name + ".logits";
  layer.kind = LayerKind::convolution;
  layer.inputs = {index};
  layer.channels = last.channels;
  layer.convolution = {
      .channels = last.channels, .filters = last.channels, .groups = last.channels};
  convolution.weights.assign(channels, 1.0F);
  convolution.bias.assign(channels, 0.0F);
  return convolution;
}

std::vector<std::int16_t> encode_all(std::span<const float> values, const TensorFormat& format) {
  std::vector<std::int16_t> integers(values.size());
  std::ranges::transform(values, integers.begin(), [&](float value) {
    return static_cast<std::int16_t>(format.number.nearest(double{value} / format.step));
  });
  return integers;
}

// linear8 whatever the scheme; by the output error of what it alone can choose, its rounding.
IntegerLayer input_layer(const Node& node, const Shape& shape, std::span<const float> images,
                         const LowerSettings& settings) {
  IntegerLayer layer;
  layer.name = node.name;
  layer.height = shape.height;
  layer.width = shape.width;
  layer.channels = shape.channels;
  const NumberFormat number("linear8");
  set_format(layer, number, fitting_step(images, Rectifier::none, number, settings),
             Rectifier::none);
  return layer;
}

void check_names(const LowerSettings& settings, const Graph& graph,
                 const std::vector<PlannedLayer>& plan) {
  std::vector<std::string_view> names;
  names.reserve(plan.size());
  for (const auto& planned : plan)
    if (const auto& node = graph.node(planned.node); node.op.kind != OpKind::input)
      names.push_back(node.name);
  for (const auto& [name, scheme] : settings.layer_schemes)
    if (std::ranges::find(names, name) == names.end())
      throw Error("a scheme must be for a layer of the network, got '", name, "'; did you mean '",
                  nearest_name(name, names), "'?");
}

// Makes the integer layers one after the other, each on what those before it store.
class Lowering {
 public:
  Lowering(Network network, const Backend& backend, std::int64_t count,
           const LowerSettings& settings)
      : network_(std::move(network)),
        plan_(plan_layers(network_.graph)),
        settings_(settings),
        layer_of_(network_.graph.nodes().size(), -1),
        readers_(layer_of_.size(), 0),
        calibration_{backend, settings, count, std::min(count, kTrialImages), {}} {
    check_names(settings, network_.graph, plan_);
    for (const auto& planned : plan_)
      for (const int node : nodes_read(planned)) ++readers_[static_cast<std::size_t>(node)];
  }

  IntegerNetwork run(std::span<const float> images, const std::function<void(int, int)>& progress) {
    visit_activations(network_, images, calibration_.count,
                      [&](int node, std::span<const float> values) {
                        take(node, values);
                        if (progress)
                          progress(static_cast<int>(next_), static_cast<int>(plan_.size()));
                      });
    check(result_);
    return std::move(result_);
  }

 private:
  const Graph& graph() const { return network_.graph; }
  int last_layer() const { return static_cast<int>(result_.layers.size()) - 1; }

  std::vector<int> nodes_read(const PlannedLayer& planned) const {
    auto nodes = graph().node(planned.node).inputs;
    if (planned.residual >= 0) nodes.push_back(planned.residual);
    return nodes;
  }

  std::vector<int> layers_of(const std::vector<int>& nodes) const {
    std::vector<int> layers;
    layers.reserve(nodes.size());
    for (const int node : nodes) layers.push_back(layer_of_[static_cast<std::size_t>(node)]);
    return layers;
  }

  // A node's float values: the target of the layer that computes it.
  void take(int node, std::span<const float> values) {
    if (next_ < plan_.size() && plan_[next_].sum == node)
      make(plan_[next_++], values);
    else if (hosts_sum(node))
      host_values_[node].assign(values.begin(), values.end());
  }

  bool hosts_sum(int node) const {
    return std::ranges::any_of(plan_, [&](const PlannedLayer& planned) {
      return planned.node == node && planned.sum != node;
    });
  }

  void make(const PlannedLayer& planned, std::span<const float> values) {
    const auto& node = graph().node(planned.node);
    check_range(node.name, values, planned.rectifier);
    if (node.op.kind == OpKind::input)
      make_input(node, values);
    else if (is_dot_product(node.op.kind))
      make_convolution(planned, values);
    else
      make_elementwise(planned, layers_of(node.inputs), values);
    layer_of_[static_cast<std::size_t>(planned.sum)] = last_layer();
    layer_of_[static_cast<std::size_t>(planned.stored)] = last_layer();
    host_values_.erase(planned.node);
    drop_read(planned);
    if (planned.stored == graph().output() && !makes_logits(planned))
      append_logits(planned, values);
  }

  // Frees codes that no later layer reads.
  void drop_read(const PlannedLayer& planned) {
    for (const int node : nodes_read(planned)) {
      const auto i = static_cast<std::size_t>(node);
      if (--readers_[i] == 0) calibration_.stored[static_cast<std::size_t>(layer_of_[i])] = {};
    }
  }

  void make_input(const Node& node, std::span<const float> values) {
    result_.layers.push_back(input_layer(node, graph().input_shape(), values, settings_));
    calibration_.stored.push_back(encode_all(values, result_.input().format));
  }

  void append(IntegerLayer layer) {
    calibration_.stored.push_back(store_all(layer, result_, calibration_));
    result_.layers.push_back(std::move(layer));
  }

  void append_last(IntegerLayer layer) {
    calibration_.stored.emplace_back();
    result_.layers.push_back(std::move(layer));
  }

  void make_convolution(const PlannedLayer& planned, std::span<const float> values) {
    auto inputs = layers_of(nodes_read(planned));
    const ConvolutionTarget target{
        .values = values, .rectifier = planned.rectifier, .is_last = makes_logits(planned)};
    auto layer = fit_convolution(float_convolution(network_, planned.node, std::move(inputs)),
                                 target, result_, calibration_);
    if (!layer) return make_apart(planned, values);
    if (target.is_last) return append_last(std::move(*layer));
    append(std::move(*layer));
  }

  // The convolution and the addition as two layers.
  void make_apart(const PlannedLayer& planned, std::span<const float> values) {
    const auto& host = host_values_.at(planned.node);
    check_range(graph().node(planned.node).name, host, Rectifier::none);
    const ConvolutionTarget target{.values = host};
    auto inputs = layers_of(graph().node(planned.node).inputs);
    append(*fit_convolution(float_convolution(network_, planned.node, std::move(inputs)), target,
                            result_, calibration_));
    const int residual = layer_of_[static_cast<std::size_t>(planned.residual)];
    make_elementwise({.node = planned.sum, .rectifier = planned.rectifier},
                     {last_layer(), residual}, values);
  }

  void make_elementwise(const PlannedLayer& planned, std::vector<int> inputs,
                        std::span<const float> values) {
    append(fit_elementwise(graph(), planned.node, std::move(inputs),
                           {.values = values, .rectifier = planned.rectifier}, result_,
                           calibration_));
  }

  // Does the layer's accumulator hold the network's output as it is?
  bool makes_logits(const PlannedLayer& planned) const {
    return planned.node == graph().output() && is_dot_product(graph().node(planned.node).op.kind);
  }

  void append_logits(const PlannedLayer& planned, std::span<const float> values) {
    std::vector<float> rectified(values.begin(), values.end());
    for (float& value : rectified) value = rectify(value, planned.rectifier);
    append_last(*fit_convolution(logits_convolution(result_.layers.back(), last_layer()),
                                 {.values = rectified, .is_last = true, .corrects_bias = false},
                                 result_, calibration_));
  }

  Network network_;
  std::vector<PlannedLayer> plan_;
  const LowerSettings& settings_;
  std::vector<int> layer_of_;                      // by node
  std::vector<int> readers_;                       // by node: layers that are still to read it
  std::map<int, std::vector<float>> host_values_;  // of convolutions whose sum is still to come
  std::size_t next_ = 0;                           // layer of the plan
  Calibration calibration_;
  IntegerNetwork result_;
};

}  // namespace

IntegerNetwork lower(const Network& network, std::span<const float> images, std::int64_t count,
                     const LowerSettings& settings,
                     const std::function<void(int done, int total)>& progress) {
  check_weights(network.graph, network.weights);
  const auto& shape = network.graph.input_shape();
  if (count < 1 || images.size() != static_cast<std::size_t>(count * shape.elements()))
    throw Error("calibration must have images of ", shape.height, "x", shape.width, "x",
                shape.channels, ", at least one, got ", images.size(), " values for ", count,
                " images");
  const auto backend = make_backend("cpu");
  auto folded = fold_batch_norm(remove_identities(network));
  if (folded.graph.size() < 2) throw Error("a network of an input alone has no integer form");
  return Lowering(std::move(folded), *backend, count, settings).run(images, progress);
}

}  // namespace citrine
