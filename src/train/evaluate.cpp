#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "kernels/error.h"
#include "train/float_module.h"
#include "train/train.h"

namespace citrine {
namespace {

// Cross entropy, nats.
double cross_entropy(std::span<const float> logits, std::size_t label) {
  const float top = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(double{logit} - double{top});
  return std::log(sum) - (double{logits[label]} - double{top});
}

void check_fit(const Graph& graph, const ImageSet& set) {
  if (graph.input_shape() != set.shape || graph.classes() != set.classes)
    throw Error("the network takes ", graph.input_shape().height, "x", graph.input_shape().width,
                "x", graph.input_shape().channels, " images of ", graph.classes(),
                " classes, the set has ", set.shape.height, "x", set.shape.width, "x",
                set.shape.channels, " of ", set.classes);
}

void count(Evaluation& evaluation, const ImageSet& set) {
  const auto classes = static_cast<std::size_t>(set.classes);
  evaluation.total = set.count();
  for (std::size_t i = 0; i < set.labels.size(); ++i) {
    const auto logits = std::span(std::as_const(evaluation.logits)).subspan(i * classes, classes);
    if (!std::ranges::all_of(logits, [](float logit) { return std::isfinite(logit); }))
      throw Error("the network's logits must be finite, those of image ", i, " are not");
    evaluation.correct += std::ranges::max_element(logits) - logits.begin() == set.labels[i];
    evaluation.loss += cross_entropy(logits, set.labels[i]) / static_cast<double>(evaluation.total);
  }
}

}  // namespace

Evaluation evaluate(const Network& network, const Dataset& dataset, const ImageSet& set,
                    const EvaluateSettings& settings) {
  check_fit(network.graph, set);
  if (settings.batch < 1)
    throw Error("an evaluation's batch must be at least 1, got ", settings.batch);
  const FloatModule module(network, settings.device);
  const auto elements = static_cast<std::size_t>(set.shape.elements());
  std::vector<float> images;
  Evaluation evaluation;
  std::chrono::duration<double> seconds{0};
  for (std::int64_t first = 0; first < set.count(); first += settings.batch) {
    const auto size = std::min<std::int64_t>(settings.batch, set.count() - first);
    images.resize(static_cast<std::size_t>(size) * elements);
    for (std::int64_t i = 0; i < size; ++i)
      normalize(dataset, set.image(first + i),
                std::span(images).subspan(static_cast<std::size_t>(i) * elements, elements));
    const auto start = std::chrono::steady_clock::now();
    const auto logits = module.logits(images);
    seconds += std::chrono::steady_clock::now() - start;
    evaluation.logits.insert(evaluation.logits.end(), logits.begin(), logits.end());
    if (settings.progress) settings.progress(first + size, set.count());
  }
  evaluation.images_per_second =
      seconds.count() > 0 ? static_cast<double>(set.count()) / seconds.count() : 0;
  count(evaluation, set);
  return evaluation;
}

void visit_activations(const Network& network, std::span<const float> images, std::int64_t count,
                       const VisitActivations& visit) {
  const auto expected = count * network.graph.input_shape().elements();
  if (count < 1 || static_cast<std::int64_t>(images.size()) != expected)
    throw Error(count, " images must have ", expected, " values in all, got ", images.size());
  FloatModule(network, "cpu").visit(images, count, visit);
}

std::vector<std::vector<float>> activations(const Network& network, std::span<const float> images,
                                            std::int64_t count) {
  std::vector<std::vector<float>> all;
  visit_activations(network, images, count, [&](int, std::span<const float> values) {
    all.emplace_back(values.begin(), values.end());
  });
  return all;
}

}  // namespace citrine
