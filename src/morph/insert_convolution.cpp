// Identity convolution, batch norm and ReLU behind a ReLU: what is not negative passes unchanged.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

#include "morph/network_edit.h"
#include "morph/operators.h"

namespace citrine {
namespace {

constexpr int kAllReaders = -1;
constexpr std::int64_t kMostWeights = std::int64_t{1} << 28;  // of a new convolution: 1 GiB

struct Place {
  int node;    // behind it
  int reader;  // which of its consumers reads the new layer
};

bool is_not_negative(OpKind kind) { return kind == OpKind::relu || kind == OpKind::relu6; }

bool is_affordable(int channels, int kernel) {
  return std::int64_t{channels} * channels * kernel * kernel <= kMostWeights;
}

std::vector<Place> places(const Graph& graph) {
  std::vector<Place> found;
  for (int node = 0; node < graph.output(); ++node) {
    if (!is_not_negative(graph.node(node).op.kind)) continue;
    if (!is_affordable(graph.shape(node).channels, 1)) continue;
    found.push_back({node, kAllReaders});
    if (graph.consumers(node).size() > 1)
      for (const int reader : graph.consumers(node)) found.push_back({node, reader});
  }
  return found;
}

int drawn_kernel(const Shape& shape, Key key) {
  std::vector<int> kernels;
  for (const int kernel : {1, 3, 5})
    if (kernel <= shape.height && kernel <= shape.width && is_affordable(shape.channels, kernel))
      kernels.push_back(kernel);
  return drawn(kernels, key);
}

Tensor dirac(int channels, int kernel) {
  const auto area = static_cast<std::size_t>(kernel) * static_cast<std::size_t>(kernel);
  const auto count = static_cast<std::size_t>(channels);
  Tensor tensor = {{channels, channels, kernel, kernel}, std::vector<float>(count * count * area)};
  for (std::size_t c = 0; c < count; ++c) tensor.values[(c * count + c) * area + area / 2] = 1;
  return tensor;
}

struct Moments {
  std::vector<float> mean, variance;
};

// E[y] and E[y^2] of y = max(0, x) where x is normal with this mean and deviation.
std::pair<double, double> rectified_moments(double mean, double deviation) {
  if (deviation == 0) return {std::max(mean, 0.0), mean > 0 ? mean * mean : 0};
  const double ratio = mean / deviation;
  const double below = std::erfc(-ratio / std::numbers::sqrt2) / 2;
  const double density = std::exp(-ratio * ratio / 2) / std::sqrt(2 * std::numbers::pi);
  const double first = mean * below + deviation * density;
  const double second = (mean * mean + deviation * deviation) * below + mean * deviation * density;
  return {first, second};
}

// The same of y = min(max(0, x), 6): less what reaches above 6.
std::pair<double, double> clipped_moments(double mean, double deviation) {
  const auto [first, second] = rectified_moments(mean, deviation);
  const auto [above, above_second] = rectified_moments(mean - 6, deviation);
  return {first - above, second - above_second - 12 * above};
}

// What a batch norm before the activation tells of its output, so that the new one changes little
// in training mode too; without one, 0 and 1.
Moments output_moments(const Network& network, int activation) {
  const auto& graph = network.graph;
  const auto& [name, op, inputs] = graph.node(activation);
  const auto& before = graph.node(inputs.front());
  const auto channels = static_cast<std::size_t>(graph.shape(activation).channels);
  Moments moments = {std::vector<float>(channels, 0), std::vector<float>(channels, 1)};
  if (before.op.kind != OpKind::batch_norm) return moments;
  const auto moments_of = op.kind == OpKind::relu6 ? clipped_moments : rectified_moments;
  const auto& scale = network.weights.at(before.name + ".weight").values;
  const auto& shift = network.weights.at(before.name + ".bias").values;
  for (std::size_t c = 0; c < channels; ++c) {
    const auto [mean, square] = moments_of(double{shift[c]}, std::abs(double{scale[c]}));
    moments.mean[c] = static_cast<float>(mean);
    moments.variance[c] = static_cast<float>(std::max(square - mean * mean, 0.0));
  }
  return moments;
}

}  // namespace

std::optional<Morphed> insert_convolution(const Network& network, Key key) {
  const auto& graph = network.graph;
  const auto all = places(graph);
  if (all.empty()) return std::nullopt;
  const auto [node, reader] = drawn(all, split(key, "place"));
  const int channels = graph.shape(node).channels;
  const int kernel = drawn_kernel(graph.shape(node), split(key, "kernel"));

  NetworkEdit edit(network);
  const auto name = edit.fresh_name("insert");
  edit.insert(
      node + 1,
      {name,
       {.kind = OpKind::convolution, .channels = channels, .kernel = kernel, .padding = kernel / 2},
       {node}});
  edit.insert(node + 2, {name + ".bn", {.kind = OpKind::batch_norm}, {node + 1}});
  edit.insert(node + 3, {name + ".relu", {.kind = OpKind::relu}, {node + 2}});
  if (reader == kAllReaders)
    edit.redirect(node, node + 3, node + 3);
  else
    std::ranges::replace(edit.node(reader + 3).inputs, node, node + 3);
  edit.weight(name, "weight") = dirac(channels, kernel);
  auto [mean, variance] = output_moments(network, node);
  edit.add_identity_batch_norm(name + ".bn", std::move(mean), std::move(variance));

  const auto size = std::to_string(kernel);
  return Morphed{std::move(edit).finish(),
                 "insert " + size + "x" + size + " behind " + graph.node(node).name,
                 {name, name + ".bn"}};
}

}  // namespace citrine
