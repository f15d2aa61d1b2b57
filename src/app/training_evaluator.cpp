#include "app/training_evaluator.h"

#include <chrono>

#include <spdlog/fmt/fmt.h>

#include "app/evaluation.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/training_run.h"
#include "graph/words.h"
#include "kernels/error.h"

namespace citrine {
namespace {

class Stopwatch {
 public:
  explicit Stopwatch(double& total) : total_(total) {}
  ~Stopwatch() {
    total_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double& total_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TrainingEvaluator::TrainingEvaluator(const Dataset& dataset, Split parts,
                                     TrainingEvaluatorSettings settings)
    : dataset_(dataset),
      train_(std::move(parts.train)),
      validation_(select(dataset.train, parts.validation)),
      settings_(std::move(settings)) {
  if (train_.empty() || validation_.count() == 0)
    throw Error("a search needs training and validation images, got ", train_.size(), " and ",
                validation_.count());
}

std::vector<Evaluated> TrainingEvaluator::evaluate(std::span<const Candidate> batch, Key key) {
  std::vector<Evaluated> results;
  for (const auto& candidate : batch)
    results.push_back(evaluate(candidate, split(key, candidate.id)));
  return results;
}

Evaluated TrainingEvaluator::evaluate(const Candidate& candidate, Key key) {
  const TrainingRun run{
      .name = fmt::format("candidate {}", candidate.id),
      .checkpoint = settings_.checkpoint(candidate.id),
      .origin = {.seed = key.seed, .record = {{"from", network_hash(candidate.network)}}}};
  const auto& settings = candidate.generation == 0 ? settings_.start : settings_.child;
  Network trained = candidate.network;
  {
    const Stopwatch watch(seconds_.training);
    trained.weights = train_with_checkpoint(run, trained, dataset_, train_, settings, key).weights;
  }
  const Stopwatch watch(seconds_.evaluation);
  const auto evaluation =
      evaluate_float(trained, dataset_, validation_,
                     {.batch = settings.batch, .device = settings.device}, kContinues);
  const double error_rate =
      1 - static_cast<double>(evaluation.correct) / static_cast<double>(evaluation.total);
  spdlog::info("candidate {} of generation {}: error rate {:.4f} ({})", candidate.id,
               candidate.generation, error_rate,
               candidate.operators.empty() ? "start" : join(candidate.operators, "; "));
  return {.error_rate = error_rate, .weights = std::move(trained.weights)};
}

}  // namespace citrine
