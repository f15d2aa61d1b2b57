#include "train/train.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"
#include "train/float_module.h"
#include "train/heap.h"

namespace citrine {
namespace {

void check_settings(const TrainSettings& settings) {
  if (settings.epochs < 0) throw Error("epochs must be at least 0, got ", settings.epochs);
  if (settings.batch < 1) throw Error("batch must be at least 1, got ", settings.batch);
  if (!(settings.rate > 0)) throw Error("rate must be positive, got ", settings.rate);
  if (!(settings.final_rate >= 0))
    throw Error("final_rate must be at least 0, got ", settings.final_rate);
  if (!(settings.weight_decay >= 0))
    throw Error("weight_decay must be at least 0, got ", settings.weight_decay);
  if (!(settings.momentum >= 0 && settings.momentum < 1))
    throw Error("momentum must be in [0, 1), got ", settings.momentum);
  if (!(settings.label_smoothing >= 0 && settings.label_smoothing < 1))
    throw Error("label_smoothing must be in [0, 1), got ", settings.label_smoothing);
  if (settings.restart_epochs < 0 || settings.restart_factor < 1)
    throw Error("restart_epochs must be at least 0 and restart_factor at least 1, got ",
                settings.restart_epochs, " and ", settings.restart_factor);
}

void check_images(const Graph& graph, const ImageSet& set, std::span<const std::uint32_t> indices) {
  if (graph.input_shape() != set.shape || graph.classes() != set.classes)
    throw Error("the network's input or its ", graph.classes(),
                " classes do not fit the training images of ", set.classes, " classes");
  if (indices.empty()) throw Error("training needs at least one image");
  for (const auto index : indices)
    if (index >= static_cast<std::uint64_t>(set.count()))
      throw Error("training image ", index, " must be below ", set.count());
}

// The last step of an epoch may break weights after its loss was seen.
void check_finite(const Weights& weights, int epoch) {
  for (const auto& [name, tensor] : weights)
    if (!std::ranges::all_of(tensor.values, [](float value) { return std::isfinite(value); }))
      throw Error("training diverged in epoch ", epoch, ": ", name, " is not finite");
}

class Trainer {
 public:
  Trainer(const Network& network, const Dataset& dataset, std::span<const std::uint32_t> indices,
          const TrainSettings& settings, Key key, const TrainHooks& hooks)
      : dataset_(dataset),
        indices_(indices),
        settings_(settings),
        key_(key),
        hooks_(hooks),
        batch_(std::min(static_cast<std::size_t>(settings.batch), indices.size())),
        state_(hooks.resume.value_or(TrainingState{
            .epochs_done = 0, .weights = network.weights, .momentum = {}, .history = {}})),
        module_({network.graph, state_.weights}, settings.device) {
    if (!state_.momentum.empty()) module_.set_momentum(state_.momentum);
    chosen_.resize(batch_);
    labels_.resize(batch_);
    images_.resize(batch_ * static_cast<std::size_t>(dataset.train.shape.elements()));
  }

  TrainingState run() {
    while (state_.epochs_done < settings_.epochs) {
      run_epoch();
      if (hooks_.epoch_done) hooks_.epoch_done(state_);
    }
    return state_;
  }

 private:
  void run_epoch() {
    const int epoch = state_.epochs_done;
    const auto epoch_key = split(key_, static_cast<std::uint64_t>(epoch));
    const Permutation order(split(epoch_key, "order"), indices_.size());
    const std::size_t steps = indices_.size() / batch_;
    EpochRecord record{.epoch = epoch + 1};
    std::int64_t correct = 0;
    for (std::size_t step = 0; step < steps; ++step) {
      record.rate =
          learning_rate(settings_, epoch + static_cast<double>(step) / static_cast<double>(steps));
      draw_batch(order, step, epoch_key);
      const auto result = train_batch(record.rate, split(split(epoch_key, "mixup"), step));
      if (!std::isfinite(result.loss))
        throw Error("training diverged in epoch ", epoch + 1, ": the loss is ", result.loss,
                    " at learning rate ", record.rate);
      record.loss += result.loss / static_cast<double>(steps);
      correct += result.correct;
      report(epoch, step, result.loss);
    }
    finish(record, 1 - static_cast<double>(correct) / static_cast<double>(steps * batch_));
  }

  void draw_batch(const Permutation& order, std::size_t step, Key epoch_key) {
    for (std::size_t i = 0; i < batch_; ++i) {
      chosen_[i] = indices_[order(step * batch_ + i)];
      labels_[i] = dataset_.train.labels[chosen_[i]];
    }
    augment(dataset_, dataset_.train, chosen_, settings_.augmentation, split(epoch_key, "augment"),
            images_);
  }

  StepResult train_batch(double rate, Key mixup_key) {
    const double weight = mixup_weight(settings_.augmentation.mixup, mixup_key);
    return module_.step({.images = images_, .labels = labels_, .mixup_weight = weight},
                        {.rate = rate,
                         .momentum = settings_.momentum,
                         .weight_decay = settings_.weight_decay,
                         .label_smoothing = settings_.label_smoothing});
  }

  void report(int epoch, std::size_t step, double loss) const {
    const auto done = static_cast<std::int64_t>((step + 1) * batch_);
    const auto total = static_cast<std::int64_t>(indices_.size() / batch_ * batch_);
    if (hooks_.progress) hooks_.progress(epoch, done, total, loss);
    if (hooks_.stop && hooks_.stop())
      throw Stopped("training was stopped in epoch " + std::to_string(epoch + 1));
  }

  void finish(EpochRecord record, double error_rate) {
    record.error_rate = error_rate;
    state_.history.push_back(record);
    state_.weights = module_.weights();
    check_finite(state_.weights, record.epoch);
    state_.momentum = module_.momentum();
    ++state_.epochs_done;
  }

  const Dataset& dataset_;
  std::span<const std::uint32_t> indices_;
  const TrainSettings& settings_;
  Key key_;
  const TrainHooks& hooks_;
  std::size_t batch_;
  TrainingState state_;
  FloatModule module_;
  std::vector<std::uint32_t> chosen_;
  std::vector<std::int64_t> labels_;
  std::vector<float> images_;
};

}  // namespace

TrainingState train(const Network& network, const Dataset& dataset,
                    std::span<const std::uint32_t> indices, const TrainSettings& settings, Key key,
                    const TrainHooks& hooks) {
  check_settings(settings);
  check_images(network.graph, dataset.train, indices);
  keep_freed_memory();
  return Trainer(network, dataset, indices, settings, key, hooks).run();
}

}  // namespace citrine
