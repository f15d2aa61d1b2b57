#include "graph/weights.h"

#include <cmath>

#include "graph/printable.h"
#include "kernels/error.h"

namespace citrine {
namespace {

std::int64_t element_count(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  for (const auto side : shape) count *= side;
  return count;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const auto side : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(side);
  return text + "]";
}

std::vector<std::int64_t> weight_shape(const Graph& graph, int index) {
  const auto& op = graph.node(index).op;
  const auto& in = graph.shape(graph.node(index).inputs[0]);
  if (op.kind == OpKind::fully_connected) return {op.channels, in.elements()};
  return {op.channels, in.channels / op.groups, op.kernel, op.kernel};
}

// He et al. 2015, fan-out, for convolutions; uniform +-1/sqrt(fan-in) for fully connected layers;
// biases 0.
float initial_value(const std::string& parameter, const std::vector<std::int64_t>& shape, Key key,
                    std::uint64_t i) {
  if (parameter.ends_with(".running_var")) return 1;
  if (shape.size() == 4) {
    const double fan_out = static_cast<double>(shape[0] * shape[2] * shape[3]);
    return static_cast<float>(normal(key, i) * std::sqrt(2 / fan_out));
  }
  if (shape.size() == 2)
    return static_cast<float>((2 * uniform(key, i) - 1) / std::sqrt(static_cast<double>(shape[1])));
  return 0;
}

}  // namespace

std::vector<std::pair<std::string, std::vector<std::int64_t>>> parameter_shapes(
    const Graph& graph) {
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> shapes;
  for (int i = 0; i < graph.size(); ++i) {
    const auto& [name, op, inputs] = graph.node(i);
    const std::vector<std::int64_t> channels = {graph.shape(i).channels};
    if (is_dot_product(op.kind)) {
      shapes.emplace_back(name + ".weight", weight_shape(graph, i));
      if (op.has_bias) shapes.emplace_back(name + ".bias", channels);
    }
    if (op.kind == OpKind::batch_norm)
      for (const char* parameter : {".weight", ".bias", ".running_mean", ".running_var"})
        shapes.emplace_back(name + parameter, channels);
  }
  return shapes;
}

std::int64_t count_parameters(const Graph& graph) {
  std::int64_t count = 0;
  for (const auto& [name, shape] : parameter_shapes(graph))
    if (!name.ends_with(".running_mean") && !name.ends_with(".running_var"))
      count += element_count(shape);
  return count;
}

void check_weights(const Graph& graph, const Weights& weights) {
  const auto shapes = parameter_shapes(graph);
  for (const auto& [name, shape] : shapes) {
    const auto found = weights.find(name);
    if (found == weights.end())
      throw Error(name, ": the network needs this parameter and it is not there");
    const auto& tensor = found->second;
    if (tensor.shape != shape)
      throw Error(name, ": shape must be ", shape_text(shape), ", got ", shape_text(tensor.shape));
    const auto count = element_count(shape);
    if (static_cast<std::int64_t>(tensor.values.size()) != count)
      throw Error(name, ": the shape ", shape_text(shape), " has ", count, " values, got ",
                  tensor.values.size());
    for (const float value : tensor.values)
      if (!std::isfinite(value)) throw Error(name, ": weights must be finite, got ", value);
  }
  if (weights.size() == shapes.size()) return;
  Weights rest = weights;
  for (const auto& [name, shape] : shapes) rest.erase(name);
  throw Error(printable(rest.begin()->first), ": the network has no such parameter");
}

Weights random_weights(const Graph& graph, Key key) {
  Weights weights;
  for (const auto& [name, shape] : parameter_shapes(graph)) {
    const bool is_scale = shape.size() == 1 && name.ends_with(".weight");  // of a batch norm
    Tensor tensor{shape, std::vector<float>(static_cast<std::size_t>(element_count(shape)), 1)};
    const Key own = split(key, name);
    for (std::size_t i = 0; !is_scale && i < tensor.values.size(); ++i)
      tensor.values[i] = initial_value(name, shape, own, i);
    weights.emplace(name, std::move(tensor));
  }
  return weights;
}

}  // namespace citrine
