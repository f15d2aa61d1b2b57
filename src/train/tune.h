#pragma once
// The second stage of calibration: weights, biases and steps of an integer network, tuned together
// so that its logits come near a float network's. No labels are read.
#include <cstdint>
#include <functional>
#include <span>

#include "data/augment.h"
#include "data/dataset.h"
#include "graph/weights.h"
#include "kernels/random.h"
#include "train/latent_network.h"

namespace citrine {

struct TuneSettings {
  int epochs = 20;
  int batch = 32;
  // Of Adam at the start of a cosine to 0: of weights and biases in distances between two values
  // that a weight can have, and of the steps' exponents.
  double rate = 0.01, step_rate = 0.01;
  Augmentation augmentation = {};  // no mixup
};

struct TuneResult {
  IntegerNetwork network;
  // Of its logits and of the start's on the images: squared error over the float logits' squares.
  double error = 0, start_error = 0;
};

// Called after every batch and epoch; what it throws ends the tuning.
using TuneProgress = std::function<void(std::int64_t batches_done, std::int64_t batches)>;

// Starts from rounded(start) and gives the network of least error on the images `indices` of
// dataset.train among it and those after each epoch. Same result for the same key, machine and
// thread count. Throws Error if the networks and images do not fit, or the loss is not finite.
TuneResult tune(const LatentNetwork& start, const Network& reference, const Dataset& dataset,
                std::span<const std::uint32_t> indices, const TuneSettings& settings, Key key,
                const TuneProgress& progress = {});

}  // namespace citrine
