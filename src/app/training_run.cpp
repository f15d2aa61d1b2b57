#include "app/training_run.h"

#include <spdlog/fmt/fmt.h>

#include "app/interrupt.h"
#include "app/log.h"
#include "app/options.h"
#include "app/progress.h"
#include "kernels/error.h"

namespace citrine {
namespace {

std::string other_origin(const Origin& here, const Origin& there) {
  auto text = difference(here.config, there.config);
  if (text.empty()) text = difference(here.record, there.record);
  return text;
}

std::optional<TrainingState> resumed(const TrainingRun& run, const Graph& graph) {
  if (!std::filesystem::exists(run.checkpoint)) return std::nullopt;
  const auto other = other_origin(run.origin, read_origin(run.checkpoint));
  if (other.empty()) return read_training_state(run.checkpoint, graph);
  if (!run.may_discard)
    throw Error(run.checkpoint.string(), " belongs to another training: ", other,
                "; finish that one, remove its checkpoint, or give --overwrite");
  std::filesystem::remove(run.checkpoint);
  return std::nullopt;
}

}  // namespace

std::filesystem::path checkpoint_path(const std::filesystem::path& result) {
  return result.string() + ".checkpoint.h5";
}

TrainingState train_with_checkpoint(const TrainingRun& run, const Network& network,
                                    const Dataset& dataset, std::span<const std::uint32_t> indices,
                                    const TrainSettings& settings, Key key) {
  Progress progress(run.name);
  TrainHooks hooks;
  hooks.resume = resumed(run, network.graph);
  if (hooks.resume)
    spdlog::info("{}: continues after epoch {}", run.name, hooks.resume->epochs_done);
  hooks.epoch_done = [&](const TrainingState& state) {
    const auto& last = state.history.back();
    spdlog::debug("{}: epoch {}, loss {:.4f}, error rate {:.4f}", run.name, last.epoch, last.loss,
                  last.error_rate);
    write_training_state(run.checkpoint, network.graph, state, run.origin);
  };
  hooks.progress = [&](int epoch, std::int64_t done, std::int64_t total, double loss) {
    progress.update(epoch * total + done, settings.epochs * total,
                    fmt::format("loss {:.3f}", loss));
  };
  hooks.stop = [] {
    check_interrupt();
    return false;
  };
  return train(network, dataset, indices, settings, key, hooks);
}

}  // namespace citrine
