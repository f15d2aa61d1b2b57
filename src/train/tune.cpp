#include "train/tune.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"
#include "train/float_module.h"
#include "train/heap.h"
#include "train/logits_error.h"
#include "train/quantized_module.h"

namespace citrine {
namespace {

constexpr std::size_t kChunk = 64;    // images whose float logits are computed at once
constexpr double kWarmUpShare = 0.1;  // of the epochs, while the rates rise from 0

void check_settings(const TuneSettings& settings) {
  if (settings.epochs < 0) throw Error("epochs must be at least 0, got ", settings.epochs);
  if (settings.batch < 1) throw Error("batch must be at least 1, got ", settings.batch);
  if (!(settings.rate >= 0 && settings.step_rate >= 0))
    throw Error("rates must be at least 0, got ", settings.rate, " and ", settings.step_rate);
}

void check_fit(const IntegerNetwork& network, const Network& reference, const ImageSet& set,
               std::span<const std::uint32_t> indices) {
  const auto& input = network.input();
  const Shape shape{input.height, input.width, input.channels};
  if (shape != set.shape || reference.graph.input_shape() != set.shape)
    throw Error("images of ", set.shape.height, "x", set.shape.width, "x", set.shape.channels,
                " must fit both networks' inputs, the integer one takes ", shape.height, "x",
                shape.width, "x", shape.channels);
  if (network.classes() != reference.graph.classes())
    throw Error("both networks must have the same classes, got ", network.classes(), " and ",
                reference.graph.classes());
  if (indices.empty()) throw Error("tuning needs at least one image");
  for (const auto index : indices)
    if (index >= static_cast<std::uint64_t>(set.count()))
      throw Error("image ", index, " must be below ", set.count());
}

class Tuner {
 public:
  Tuner(const LatentNetwork& start, const Network& reference, const Dataset& dataset,
        std::span<const std::uint32_t> indices, const TuneSettings& settings, Key key)
      : dataset_(dataset),
        indices_(indices),
        settings_(settings),
        key_(key),
        reference_(reference, "cpu"),
        module_(start),
        batch_(std::min(static_cast<std::size_t>(settings.batch), indices.size())),
        images_(normalized()),
        targets_(reference_logits()),
        chosen_(batch_),
        batch_images_(batch_ * elements()) {}

  TuneResult run(const IntegerNetwork& start, const TuneProgress& progress) {
    TuneResult best{.network = start, .error = error(start)};
    best.start_error = best.error;
    if (!std::isfinite(best.error))
      throw Error("the float network's logits must be finite and not all zero");
    for (int epoch = 0; epoch < settings_.epochs; ++epoch) {
      run_epoch(epoch, progress);
      keep_better(best);
    }
    return best;
  }

 private:
  std::size_t elements() const { return static_cast<std::size_t>(dataset_.train.shape.elements()); }
  std::size_t batches() const { return indices_.size() / batch_; }

  std::vector<float> normalized() const {
    std::vector<float> images(indices_.size() * elements());
    for (std::size_t i = 0; i < indices_.size(); ++i)
      normalize(dataset_, dataset_.train.image(indices_[i]),
                std::span(images).subspan(i * elements(), elements()));
    return images;
  }

  std::vector<float> reference_logits() const {
    std::vector<float> all;
    for (std::size_t first = 0; first < indices_.size(); first += kChunk) {
      const auto size = std::min(kChunk, indices_.size() - first);
      const auto part =
          reference_.logits(std::span(images_).subspan(first * elements(), size * elements()));
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }

  void run_epoch(int epoch, const TuneProgress& progress) {
    const auto epoch_key = split(key_, static_cast<std::uint64_t>(epoch));
    const Permutation order(split(epoch_key, "order"), indices_.size());
    for (std::size_t batch = 0; batch < batches(); ++batch) {
      draw_batch(order, batch, epoch_key);
      const double done =
          epoch + (static_cast<double>(batch) + 0.5) / static_cast<double>(batches());
      const double loss =
          module_.step(batch_images_, reference_.logits(batch_images_), rates(done));
      if (!std::isfinite(loss))
        throw Error("tuning diverged in epoch ", epoch + 1, ": the loss is ", loss);
      const auto total = static_cast<std::int64_t>(batches());
      if (progress)
        progress(epoch * total + static_cast<std::int64_t>(batch) + 1, settings_.epochs * total);
    }
  }

  // The first steps of Adam move all weights by the full rate.
  TuneRates rates(double epochs) const {
    const double warm_up = std::min(1.0, epochs / (kWarmUpShare * settings_.epochs));
    const double share = warm_up * learning_rate({.epochs = settings_.epochs, .rate = 1}, epochs);
    return {.values = share * settings_.rate, .exponents = share * settings_.step_rate};
  }

  void draw_batch(const Permutation& order, std::size_t batch, Key epoch_key) {
    for (std::size_t i = 0; i < batch_; ++i) chosen_[i] = indices_[order(batch * batch_ + i)];
    augment(dataset_, dataset_.train, chosen_, settings_.augmentation, split(epoch_key, "augment"),
            batch_images_);
  }

  void keep_better(TuneResult& best) {
    auto latent = module_.latent();
    fit_accumulators(latent);
    module_.set_latent(latent.layers);
    auto network = rounded(latent);
    const double reached = error(network);
    if (!(reached < best.error)) return;
    best.error = reached;
    best.network = std::move(network);
  }

  double error(const IntegerNetwork& network) const {
    return logits_error(network, images_, targets_);
  }

  const Dataset& dataset_;
  std::span<const std::uint32_t> indices_;
  const TuneSettings& settings_;
  Key key_;
  FloatModule reference_;
  QuantizedModule module_;
  std::size_t batch_;
  std::vector<float> images_, targets_;  // of the indices, as they are
  std::vector<std::uint32_t> chosen_;
  std::vector<float> batch_images_;
};

}  // namespace

TuneResult tune(const LatentNetwork& start, const Network& reference, const Dataset& dataset,
                std::span<const std::uint32_t> indices, const TuneSettings& settings, Key key,
                const TuneProgress& progress) {
  check_settings(settings);
  const auto network = rounded(start);
  check(network);
  check_fit(network, reference, dataset.train, indices);
  keep_freed_memory();
  auto result = Tuner(start, reference, dataset, indices, settings, key).run(network, progress);
  check(result.network);
  return result;
}

}  // namespace citrine
