#pragma once
// A graph with its weights on a device, ready to run and to train; the one door to LibTorch.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "graph/weights.h"
#include "train/train.h"

namespace citrine {

struct Batch {
  std::span<const float> images;  // normalized, [count, height, width, channels]
  std::span<const std::int64_t> labels;
  double mixup_weight = 1;  // of an image mixed with its partner in reverse order
};

struct StepSettings {
  double rate = 0, momentum = 0, weight_decay = 0, label_smoothing = 0;
};

struct StepResult {
  double loss = 0;  // mean over the batch
  std::int64_t correct = 0;
};

class FloatModule {
 public:
  // Throws Error unless the weights fit the graph and the device is there.
  FloatModule(const Network& network, const std::string& device);
  ~FloatModule();
  FloatModule(const FloatModule&) = delete;
  FloatModule& operator=(const FloatModule&) = delete;

  // One step of stochastic gradient descent with Nesterov momentum.
  StepResult step(const Batch& batch, const StepSettings& settings);
  // Evaluation mode, [count, classes].
  std::vector<float> logits(std::span<const float> images) const;
  void visit(std::span<const float> images, std::int64_t count,
             const VisitActivations& visit) const;

  Weights weights() const;
  Weights momentum() const;
  void set_momentum(const Weights& momentum);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace citrine
