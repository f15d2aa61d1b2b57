#pragma once
// Finds a candidate's error rate by training it: what stands behind a search of networks.
#include <filesystem>
#include <functional>

#include "data/dataset.h"
#include "data/split.h"
#include "search/evaluator.h"
#include "train/train.h"

namespace citrine {

struct TrainingEvaluatorSettings {
  TrainSettings start, child;  // for start networks and for their descendants
  std::function<std::filesystem::path(std::uint64_t id)>
      checkpoint;  // file that keeps a training in progress
};

struct EvaluatorSeconds {
  double training = 0, evaluation = 0;
};

class TrainingEvaluator : public Evaluator {
 public:
  // `dataset` must outlive the evaluator.
  TrainingEvaluator(const Dataset& dataset, Split parts, TrainingEvaluatorSettings settings);
  // Trains on the training part by split(key, candidate.id); the error rate is of the validation
  // part.
  std::vector<Evaluated> evaluate(std::span<const Candidate> batch, Key key) override;
  const EvaluatorSeconds& seconds() const { return seconds_; }

 private:
  Evaluated evaluate(const Candidate& candidate, Key key);

  const Dataset& dataset_;
  std::vector<std::uint32_t> train_;
  ImageSet validation_;
  TrainingEvaluatorSettings settings_;
  EvaluatorSeconds seconds_;
};

}  // namespace citrine
