#pragma once
// Where a training stands, as a value: from it the rest of the training follows.
#include <vector>

#include "graph/weights.h"

namespace citrine {

struct EpochRecord {
  int epoch = 0;
  double rate = 0;  // learning rate at its end
  double loss = 0;  // mean over its images
  double error_rate = 0;
  bool operator==(const EpochRecord&) const = default;
};

struct TrainingState {
  int epochs_done = 0;
  Weights weights;
  Weights momentum;  // buffers of the optimizer, under the parameters' names
  std::vector<EpochRecord> history;
};

}  // namespace citrine
