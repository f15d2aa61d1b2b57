#include "app/evaluation.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <spdlog/fmt/fmt.h>

#include "app/layer_noise.h"
#include "app/progress.h"
#include "faultsim/statistics.h"
#include "kernels/error.h"
#include "quant/forward.h"

namespace citrine {
namespace {

constexpr std::int64_t kBatch = 64;

// Cross entropy, nats.
double cross_entropy(std::span<const float> logits, std::size_t label) {
  const float top = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit - top));
  return std::log(sum) - static_cast<double>(logits[label] - top);
}

void count(Evaluation& evaluation, const ImageSet& set) {
  const auto classes = static_cast<std::size_t>(set.classes);
  evaluation.total = set.count();
  for (std::size_t i = 0; i < set.labels.size(); ++i) {
    const auto logits = std::span(evaluation.logits).subspan(i * classes, classes);
    evaluation.correct += top_class(logits) == set.labels[i] ? 1 : 0;
    evaluation.loss += cross_entropy(logits, set.labels[i]) / static_cast<double>(evaluation.total);
  }
}

// Images whose top classes differ.
std::int64_t disagreements(const Evaluation& a, const Evaluation& b) {
  const auto classes = a.logits.size() / static_cast<std::size_t>(a.total);
  std::int64_t count = 0;
  for (std::size_t at = 0; at < a.logits.size(); at += classes) {
    const auto top = [&](const std::vector<float>& logits) {
      return top_class(std::span(logits).subspan(at, classes));
    };
    count += top(a.logits) == top(b.logits) ? 0 : 1;
  }
  return count;
}

double signal_to_noise_db(const std::vector<float>& values, const std::vector<float>& signal) {
  double power = 0, noise = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    power += std::pow(double{signal[i]}, 2);
    noise += std::pow(double{values[i]} - double{signal[i]}, 2);
  }
  return decibels(power, noise);
}

void check_fits(const IntegerNetwork& network, const std::string& name, const ImageSet& set) {
  const auto& input = network.input();
  const auto& shape = set.shape;
  if (input.height != shape.height || input.width != shape.width ||
      input.channels != shape.channels || network.classes() != set.classes)
    throw Error("the network reads images of ", input.height, "x", input.width, "x", input.channels,
                " in ", network.classes(), " classes, but ", name, " has ", shape.height, "x",
                shape.width, "x", shape.channels, " in ", set.classes);
}

}  // namespace

std::size_t top_class(std::span<const float> logits) {
  return static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
}

std::vector<std::int16_t> encode_images(const IntegerNetwork& network, const Dataset& dataset,
                                        const ImageSet& set) {
  std::vector<std::int16_t> codes;
  std::vector<float> image(static_cast<std::size_t>(set.shape.elements()));
  codes.reserve(image.size() * set.labels.size());
  for (std::int64_t i = 0; i < set.count(); ++i) {
    normalize(dataset, set.image(i), image);
    const auto encoded = encode_input(network, image.data());
    codes.insert(codes.end(), encoded.begin(), encoded.end());
  }
  return codes;
}

std::vector<float> normalized_images(const Dataset& dataset, const ImageSet& set) {
  const auto elements = static_cast<std::size_t>(set.shape.elements());
  std::vector<float> images(elements * set.labels.size());
  for (std::int64_t i = 0; i < set.count(); ++i)
    normalize(dataset, set.image(i),
              std::span(images).subspan(static_cast<std::size_t>(i) * elements, elements));
  return images;
}

Evaluation evaluate_float(const Network& network, const Dataset& dataset, const ImageSet& set,
                          EvaluateSettings settings, const char* outlook) {
  Progress progress("evaluate");
  settings.progress = [&](std::int64_t done, std::int64_t total) {
    progress.update(done, total);
    check_interrupt(outlook);
  };
  return evaluate(network, dataset, set, settings);
}

Evaluation evaluate_integer(const IntegerNetwork& network, const Dataset& dataset,
                            const ImageSet& set, const Backend& backend) {
  check_fits(network, dataset.name, set);
  const auto codes = encode_images(network, dataset, set);
  const auto elements = static_cast<std::size_t>(set.shape.elements());
  const auto unit = static_cast<float>(logit_step(network));
  Evaluation evaluation;
  Progress progress("evaluate");
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t first = 0; first < set.count(); first += kBatch) {
    const auto size = std::min(kBatch, set.count() - first);
    const auto images = std::span(codes).subspan(static_cast<std::size_t>(first) * elements,
                                                 static_cast<std::size_t>(size) * elements);
    for (const auto logit : logits(network, images, size, backend))
      evaluation.logits.push_back(static_cast<float>(logit) * unit);
    progress.update(first + size, set.count());
    check_interrupt(kNothingWritten);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  evaluation.images_per_second = static_cast<double>(set.count()) / seconds.count();
  count(evaluation, set);
  return evaluation;
}

nlohmann::json evaluation_json(const Evaluation& evaluation) {
  const auto interval = wilson(static_cast<std::uint64_t>(evaluation.correct),
                               static_cast<std::uint64_t>(evaluation.total));
  return {
      {"correct", evaluation.correct},
      {"total", evaluation.total},
      {"accuracy", static_cast<double>(evaluation.correct) / static_cast<double>(evaluation.total)},
      {"interval", {interval.low, interval.high}},
      {"loss", evaluation.loss}};
}

nlohmann::json agreement_json(const Evaluation& evaluation, const Evaluation& reference) {
  return {{"disagreements", disagreements(evaluation, reference)},
          {"logits_signal_to_noise_db", signal_to_noise_db(evaluation.logits, reference.logits)}};
}

std::string evaluation_text(const Evaluation& evaluation) {
  const auto json = evaluation_json(evaluation);
  return fmt::format("{}/{} correct, {:.2f} % [{:.2f}, {:.2f}], loss {:.4f}", evaluation.correct,
                     evaluation.total, 100 * json["accuracy"].get<double>(),
                     100 * json["interval"][0].get<double>(),
                     100 * json["interval"][1].get<double>(), evaluation.loss);
}

}  // namespace citrine
