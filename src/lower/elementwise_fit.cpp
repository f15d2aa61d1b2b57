#include "lower/elementwise_fit.h"

#include <algorithm>
#include <limits>

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr int kMaxInputShift = 20;  // inputs further apart are rounded to the coarser scale

LayerKind integer_kind(const Node& node) {
  switch (node.op.kind) {
    case OpKind::relu:
    case OpKind::relu6:  // a pool of one pixel that clamps
    case OpKind::max_pool:
      return LayerKind::max_pool;
    case OpKind::average_pool:
    case OpKind::global_average_pool:
      return LayerKind::average_pool;
    case OpKind::add:
      return LayerKind::add;
    case OpKind::concat:
      return LayerKind::concat;
    case OpKind::shortcut:
      return LayerKind::shortcut;
    default:
      throw Error("layer '", node.name, "' of kind ", name_of(node.op.kind),
                  " has no integer form");
  }
}

ConvolutionShape window_of(const Node& node, const Shape& input) {
  ConvolutionShape shape{.height = input.height,
                         .width = input.width,
                         .channels = input.channels,
                         .filters = input.channels,
                         .kernel = node.op.kernel,
                         .stride = node.op.stride,
                         .padding = node.op.padding,
                         .groups = 1};
  if (node.op.kind != OpKind::global_average_pool) return shape;
  if (input.height != input.width)
    throw Error("layer '", node.name, "' must pool a square map, got ", input.height, "x",
                input.width);
  shape.kernel = input.height;
  return shape;
}

class ElementwiseFit {
 public:
  ElementwiseFit(IntegerLayer layer, const ElementwiseTarget& target, const IntegerNetwork& network,
                 const Calibration& calibration)
      : layer_(std::move(layer)), target_(target), network_(network), calibration_(calibration) {}

  IntegerLayer run() {
    const auto exponents = tried_exponents();
    double least = std::numeric_limits<double>::infinity();
    IntegerLayer best;
    for (const int exponent : exponents) {
      set_exponent(exponent);
      const double error = exponents.size() == 1 ? 0 : trial_error();
      if (error < least) best = layer_;
      least = std::min(least, error);
    }
    return best;
  }

 private:
  const IntegerLayer& source(int input) const {
    return network_.layers[static_cast<std::size_t>(input)];
  }
  int exponent_of_input(int input) const { return exponent_of(source(input)); }

  // Least and largest exponent of the inputs.
  std::pair<int, int> input_exponents() const {
    const auto [least, largest] =
        std::ranges::minmax(layer_.inputs, {}, [&](int input) { return exponent_of_input(input); });
    return {exponent_of_input(least), exponent_of_input(largest)};
  }

  bool is_signed() const {
    return target_.rectifier == Rectifier::none &&
           std::ranges::any_of(layer_.inputs,
                               [&](int input) { return source(input).format.number.is_signed(); });
  }

  const NumberFormat& number() const { return calibration_.scheme.stored(is_signed()); }

  std::vector<int> tried_exponents() const {
    const auto [least, largest] = input_exponents();
    std::vector<int> exponents;
    if (layer_.kind == LayerKind::add) {
      for (int tried = 0; tried < kTriedExponents; ++tried) exponents.push_back(covering() - tried);
    } else if (layer_.kind == LayerKind::concat) {
      // One more: an unsigned input beside a signed one needs another bit.
      for (int exponent = std::max(largest + 1, covering()); exponent >= least; --exponent)
        exponents.push_back(exponent);
    } else {
      // As fine as the input, if the format reaches as far.
      const bool is_narrower = number().highest() < source(layer_.inputs[0]).high;
      exponents.push_back(is_narrower ? std::max(least, covering()) : least);
    }
    return exponents;
  }
  int covering() const { return covering_exponent(target_.values, target_.rectifier, number()); }

  void set_exponent(int exponent) {
    set_format(layer_, number(), exponent, target_.rectifier);
    layer_.input_scales.clear();
    if (layer_.kind == LayerKind::concat || layer_.kind == LayerKind::shortcut)
      for (const int input : layer_.inputs)
        layer_.input_scales.push_back({.shift = exponent - exponent_of_input(input)});
    else
      layer_.scales = {{.shift = exponent - exponent_of_input(layer_.inputs[0])}};
    if (layer_.kind != LayerKind::add) return;
    const auto [least, largest] = input_exponents();
    const int common = std::max(least, largest - kMaxInputShift);
    for (const int input : layer_.inputs)
      layer_.input_scales.push_back({.shift = common - exponent_of_input(input)});
    layer_.scales = {{.shift = exponent - common}};
  }

  double trial_error() const {
    const auto size = static_cast<std::size_t>(layer_.elements());
    return summed_error(calibration_.trial_count, [&](std::int64_t image) {
      const auto codes = compute_layer(layer_, inputs_of(layer_, network_, calibration_, image),
                                       calibration_.backend);
      const auto wanted = target_.values.subspan(static_cast<std::size_t>(image) * size, size);
      return squared_error(codes, layer_.format.step, wanted, target_.rectifier);
    });
  }

  IntegerLayer layer_;
  const ElementwiseTarget& target_;
  const IntegerNetwork& network_;
  const Calibration& calibration_;
};

}  // namespace

IntegerLayer fit_elementwise(const Graph& graph, int index, std::vector<int> inputs,
                             const ElementwiseTarget& target, const IntegerNetwork& network,
                             const Calibration& calibration) {
  const auto& node = graph.node(index);
  const auto& output = graph.shape(index);
  IntegerLayer layer;
  layer.name = node.name;
  layer.kind = integer_kind(node);
  layer.inputs = std::move(inputs);
  layer.height = output.height;
  layer.width = output.width;
  layer.channels = output.channels;
  if (layer.kind != LayerKind::add && layer.kind != LayerKind::concat)
    layer.convolution = window_of(node, graph.shape(node.inputs[0]));
  return ElementwiseFit(std::move(layer), target, network, calibration).run();
}

}  // namespace citrine
