#include "lower/elementwise_fit.h"

#include <algorithm>

#include "kernels/error.h"
#include "lower/steps.h"
#include "quant/rescaling.h"

namespace citrine {
namespace {

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
    const auto steps = tried_steps();
    const auto best = steps.size() == 1 ? 0 : least_place(trial_errors(steps));
    set_step(steps[best]);
    return std::move(layer_);
  }

 private:
  const IntegerLayer& source(int input) const {
    return network_.layers[static_cast<std::size_t>(input)];
  }
  double input_step(int input) const { return source(input).format.step; }

  // Finest and coarsest step of the inputs.
  std::pair<double, double> input_steps() const {
    const auto [finest, coarsest] =
        std::ranges::minmax(layer_.inputs, {}, [&](int input) { return input_step(input); });
    return {input_step(finest), input_step(coarsest)};
  }

  bool is_signed() const {
    return target_.rectifier == Rectifier::none &&
           std::ranges::any_of(layer_.inputs,
                               [&](int input) { return source(input).format.number.is_signed(); });
  }

  const LowerSettings& settings() const { return calibration_.settings; }
  const NumberFormat& number() const {
    return settings().scheme_of(layer_.name).stored(is_signed());
  }

  std::vector<double> tried_steps() const {
    if (layer_.kind == LayerKind::add)
      return is_by_output_error() ? citrine::tried_steps(covering(), settings().steps)
                                  : std::vector{fitting()};
    if (layer_.kind == LayerKind::concat) return concat_steps();
    // As fine as the input, if the format reaches as far.
    const double input = input_steps().first;
    const bool is_narrower = number().highest() < source(layer_.inputs[0]).high;
    return {is_narrower ? std::max(input, covering()) : input};
  }

  bool is_by_output_error() const { return settings().criterion == Criterion::output_error; }

  // From one that covers all inputs to the finest input's. An unsigned input beside a signed one
  // needs another bit.
  std::vector<double> concat_steps() const {
    const auto [finest, coarsest] = input_steps();
    if (!is_by_output_error()) return {std::max(finest, fitting())};
    std::vector<double> steps;
    for (double step = std::max(2 * coarsest, covering()); step >= finest; step /= 2)
      steps.push_back(step);
    if (settings().steps == StepKind::free) steps.push_back(std::max(finest, covering()));
    return steps;
  }

  double covering() const {
    return covering_step(target_.values, target_.rectifier, number(), settings().steps);
  }
  double fitting() const {
    return fitting_step(trial_part(target_.values, calibration_), target_.rectifier, number(),
                        settings());
  }

  void set_step(double step) {
    set_format(layer_, number(), step, target_.rectifier);
    set_scales(network_, layer_);
  }

  std::vector<double> trial_errors(const std::vector<double>& steps) {
    std::vector<IntegerLayer> tried;
    for (const double step : steps) {
      set_step(step);
      tried.push_back(layer_);
    }
    return summed_errors(
        calibration_.trial_count, steps.size(), [&](std::int64_t image, std::span<double> errors) {
          const auto inputs = inputs_of(layer_, network_, calibration_, image);
          for (std::size_t i = 0; i < tried.size(); ++i)
            errors[i] += squared_error(
                compute_layer(tried[i], inputs, calibration_.backend), tried[i].format.step,
                image_values(target_.values, layer_, image), target_.rectifier);
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
