#pragma once
// Training and evaluation of float networks on LibTorch.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "data/augment.h"
#include "data/dataset.h"
#include "graph/training_state.h"
#include "graph/weights.h"
#include "kernels/random.h"

namespace citrine {

// Training ended early because its stop hook asked for it; the last epoch's state stays valid.
class Stopped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Weight decay acts on every parameter, batch norms included, as in LEMONADE's recipe.
struct TrainSettings {
  int epochs = 20;
  int batch = 64;
  double rate = 0.01;     // at the start of each cosine
  double final_rate = 0;  // at its end
  int restart_epochs =
      0;  // length of the first cosine of warm restarts (SGDR), 0 for one cosine over all epochs
  int restart_factor = 1;  // each further cosine is so many times longer
  double momentum = 0.9;   // Nesterov
  double weight_decay = 5e-4;
  double label_smoothing = 0;
  Augmentation augmentation = {};
  std::string device = "cpu";  // cpu, cuda
};

struct TrainHooks {
  std::optional<TrainingState> resume;
  std::function<void(const TrainingState&)> epoch_done;  // a place to write a checkpoint
  std::function<void(int epoch, std::int64_t images_done, std::int64_t images_total, double loss)>
      progress;
  std::function<bool()> stop;  // asked after every batch; training ends with Stopped
};

// Learning rate after `epochs` (fractional) epochs.
double learning_rate(const TrainSettings& settings, double epochs);

// Trains on the images `indices` of dataset.train. Same result for the same key, machine and thread
// count, resumed or not. Each epoch has its own order; images that fill no last batch wait for the
// next one. Throws Error that names the epoch when the loss or a weight is not finite, and Stopped.
TrainingState train(const Network& network, const Dataset& dataset,
                    std::span<const std::uint32_t> indices, const TrainSettings& settings, Key key,
                    const TrainHooks& hooks = {});

struct Evaluation {
  std::int64_t correct = 0, total = 0;
  double loss = 0;  // mean cross entropy, nats
  double images_per_second = 0;
  std::vector<float> logits;  // [total, classes]
};

struct EvaluateSettings {
  int batch = 64;
  std::string device = "cpu";
  // Called after each batch; what it throws ends the evaluation.
  std::function<void(std::int64_t images_done, std::int64_t images_total)> progress = {};
};
// Throws Error unless the images fit the network and its logits are finite.
Evaluation evaluate(const Network& network, const Dataset& dataset, const ImageSet& set,
                    const EvaluateSettings& settings = {});

// Float values of every node for normalized images [count, height, width, channels]; each [count,
// h, w, c] of the node.
std::vector<std::vector<float>> activations(const Network& network, std::span<const float> images,
                                            std::int64_t count);

// The same, node by node in order and without keeping all: `visit` sees each node's values once.
using VisitActivations = std::function<void(int node, std::span<const float> values)>;
void visit_activations(const Network& network, std::span<const float> images, std::int64_t count,
                       const VisitActivations& visit);

// Threads of training, evaluation and every parallel loop of the program.
void set_threads(int threads);

}  // namespace citrine
