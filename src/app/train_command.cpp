#include <iostream>

#include "app/commands.h"
#include "app/evaluation.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/settings.h"
#include "app/target.h"
#include "app/training_run.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

void record_evaluation(nlohmann::json& record, const char* name, const Evaluation& evaluation) {
  if (evaluation.total == 0) return;
  record[name] = evaluation_json(evaluation);
  spdlog::info("{}: {}", name, evaluation_text(evaluation));
}

Evaluation evaluate_some(const Network& network, const Dataset& dataset, const ImageSet& set,
                         const Options& options) {
  if (set.count() == 0) return {};
  return evaluate(
      network, dataset, set,
      {.batch = static_cast<int>(options.integer("batch")), .device = options.text("device")});
}

}  // namespace

void run_train(const Options& options) {
  const fs::path out = options.text("out");
  const auto checkpoint = checkpoint_path(out);
  check_target(out, checkpoint, options);
  const auto dataset = load_dataset(options);
  const auto key = key_of(options);
  auto network =
      load_or_start_network(options.arguments().front(), options, dataset, split(key, "weights"));
  const auto parts = training_split(options, dataset);
  TrainingRun run{.name = "train",
                  .checkpoint = checkpoint,
                  .origin = {.config = options.config(), .seed = key.seed},
                  .may_discard = options.toggle("overwrite")};
  run.origin.record = {
      {"from", network_hash(network)}, {"dataset", dataset.name}, {"images", parts.train.size()}};
  if (is_finished(out, run.origin, options)) {
    fs::remove(checkpoint);
    return spdlog::info("{} is finished", out.string());
  }

  const auto settings = train_settings(options, dataset);
  network.weights =
      train_with_checkpoint(run, network, dataset, parts.train, settings, split(key, "train"))
          .weights;

  auto origin = run.origin;
  record_evaluation(
      origin.record, "validation",
      evaluate_some(network, dataset, select(dataset.train, parts.validation), options));
  const auto test = drawn_images(dataset.test, options.integer("test-images"), split(key, "test"));
  record_evaluation(origin.record, "evaluation", evaluate_some(network, dataset, test, options));
  write_network(out, {.network = std::move(network), .origin = std::move(origin)});
  fs::remove(checkpoint);
  spdlog::info("wrote {}", out.string());
}

}  // namespace citrine
