#include "app/layer_noise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include <tbb/parallel_for.h>

#include "app/evaluation.h"
#include "app/interrupt.h"
#include "app/progress.h"
#include "kernels/error.h"
#include "lower/fold.h"
#include "lower/lower.h"
#include "lower/plan.h"
#include "quant/prepared_network.h"
#include "train/train.h"

namespace citrine {
namespace {

constexpr std::int64_t kMostImages = 256, kBatch = 64;

// Node whose float values a layer stores.
int stored_node(const Graph& graph, std::span<const PlannedLayer> plan,
                const IntegerNetwork& integer, const IntegerLayer& layer) {
  if (&layer == &integer.output()) return graph.output();
  for (const auto& planned : plan) {
    const bool is_apart = planned.residual >= 0 && layer.inputs.size() < 2;
    if (graph.node(planned.node).name == layer.name)
      return is_apart ? planned.node : planned.stored;
    if (graph.node(planned.sum).name == layer.name) return planned.stored;
  }
  throw Error("layer '", layer.name, "' of the integer network is none of the float network");
}

// Sums of squares.
struct Power {
  double signal = 0, noise = 0;
};

template <class Integer>
Power power(std::span<const float> values, std::span<const Integer> stored, double step) {
  Power sum;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i], error = value - stored[i] * step;
    sum.signal += value * value;
    sum.noise += error * error;
  }
  return sum;
}

// Compares two runs of a batch of images.
class Comparison {
 public:
  Comparison(const IntegerNetwork& integer, const Network& network)
      : integer_(integer),
        prepared_(integer),
        folded_(fold_batch_norm(remove_identities(network))),
        powers_(integer.layers.size()) {
    const auto plan = plan_layers(folded_.graph);
    for (const auto& layer : integer.layers)
      nodes_.push_back(stored_node(folded_.graph, plan, integer, layer));
  }

  void add(std::span<const std::int16_t> codes, std::span<const float> images, std::int64_t count) {
    const auto runs = run(codes, count);
    visit_activations(folded_, images, count, [&](int node, std::span<const float> values) {
      for (std::size_t layer = 0; layer < nodes_.size(); ++layer)
        if (nodes_[layer] == node) add_layer(layer, values, runs);
    });
  }

  std::vector<LayerNoise> result() const {
    std::vector<LayerNoise> noise;
    for (std::size_t i = 0; i < powers_.size(); ++i)
      noise.push_back({integer_.layers[i].name, decibels(powers_[i].signal, powers_[i].noise)});
    return noise;
  }

 private:
  std::vector<Activations> run(std::span<const std::int16_t> codes, std::int64_t count) const {
    std::vector<Activations> runs(static_cast<std::size_t>(count));
    const auto size = static_cast<std::size_t>(integer_.input().elements());
    tbb::parallel_for(std::size_t{0}, runs.size(), [&](std::size_t image) {
      runs[image] = prepared_.forward(codes.subspan(image * size, size));
    });
    return runs;
  }

  // In the order of the images, so that the sums do not depend on the number of threads.
  void add_layer(std::size_t layer, std::span<const float> values,
                 std::span<const Activations> runs) {
    const bool is_last = layer + 1 == nodes_.size();
    const auto size = values.size() / runs.size();
    for (std::size_t image = 0; image < runs.size(); ++image) {
      const auto wanted = values.subspan(image * size, size);
      const auto more = is_last ? power(wanted, std::span(runs[image].logits), logit_step(integer_))
                                : power(wanted, std::span(runs[image].stored[layer]),
                                        integer_.layers[layer].format.step);
      powers_[layer].signal += more.signal;
      powers_[layer].noise += more.noise;
    }
  }

  const IntegerNetwork& integer_;
  PreparedNetwork prepared_;
  Network folded_;
  std::vector<int> nodes_;  // by layer
  std::vector<Power> powers_;
};

}  // namespace

double decibels(double signal, double noise) {
  constexpr double kLeast = std::numeric_limits<double>::min();
  return 10 * (std::log10(std::max(signal, kLeast)) - std::log10(std::max(noise, kLeast)));
}

std::vector<LayerNoise> layer_noise(const IntegerNetwork& integer, const Network& network,
                                    const Dataset& dataset, const ImageSet& images) {
  Comparison comparison(integer, network);
  const auto count = std::min(kMostImages, images.count());
  Progress progress("compare layers");
  for (std::int64_t first = 0; first < count; first += kBatch) {
    std::vector<std::uint32_t> batch(static_cast<std::size_t>(std::min(kBatch, count - first)));
    std::iota(batch.begin(), batch.end(), static_cast<std::uint32_t>(first));
    const auto set = select(images, batch);
    const auto normalized = normalized_images(dataset, set);
    comparison.add(encode_inputs(integer, normalized), normalized, set.count());
    progress.update(first + set.count(), count);
    check_interrupt(kNothingWritten);
  }
  return comparison.result();
}

}  // namespace citrine
