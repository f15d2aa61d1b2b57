#pragma once
// A training with a checkpoint file, so that a killed one continues to the same weights.
#include <filesystem>
#include <span>
#include <string>

#include "kernels/random.h"
#include "store/files.h"
#include "train/train.h"

namespace citrine {

struct TrainingRun {
  std::string name;  // shown with the progress
  std::filesystem::path
      checkpoint;  // written after each epoch; the caller removes it when the result is safe
  Origin origin;   // a checkpoint of another origin is not continued
  bool may_discard = false;  // a checkpoint of another origin is dropped instead of refused
};

// Of the training that writes `result`: "<result>.checkpoint.h5".
std::filesystem::path checkpoint_path(const std::filesystem::path& result);

// Trains, from the checkpoint on if there is one. Throws Error that names the difference if it
// belongs to another training, Interrupted when asked to stop.
TrainingState train_with_checkpoint(const TrainingRun& run, const Network& network,
                                    const Dataset& dataset, std::span<const std::uint32_t> indices,
                                    const TrainSettings& settings, Key key);

}  // namespace citrine
