#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "app/accelerator_file.h"
#include "app/commands.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/run_directory.h"
#include "app/settings.h"
#include "app/training_evaluator.h"
#include "graph/graph_json.h"
#include "kernels/error.h"
#include "models/models.h"
#include "objectives/cost.h"
#include "objectives/flip_amplitude.h"
#include "objectives/sensitivity.h"

namespace citrine {
namespace {

double sensitivity_of(const Graph& graph, const std::string& form, PoolFactor factor) {
  if (form == "flip-amplitude") return flip_amplitude(graph).mean;
  const auto index = sensitivity(graph, factor);
  return form == "mean" ? index.mean : form == "variance" ? index.variance : index.single;
}

// In the order of objective_names(), without the error rate.
std::vector<double> cheap_objectives(const Graph& graph, const Options& options, PoolFactor factor,
                                     CostModel& costs) {
  const auto price = costs.cost(graph);
  const double frames = costs.accelerator().frames;
  return {sensitivity_of(graph, options.text("sensitivity"), factor),
          static_cast<double>(price.operations) / frames,
          static_cast<double>(price.transfer_bytes) / frames};
}

std::vector<Network> start_networks(const Options& options, const Dataset& dataset) {
  std::vector<Network> networks;
  const auto key = split(key_of(options), "start");
  for (const auto& name : options.texts("start")) {
    auto graph = model(name, {.input = dataset.train.shape, .classes = dataset.train.classes});
    auto weights = random_weights(graph, split(key, networks.size()));
    networks.push_back({std::move(graph), std::move(weights)});
  }
  if (networks.empty()) throw Error("a search needs at least one start network");
  return networks;
}

TrainingEvaluator training_evaluator(const Options& options, const Dataset& dataset,
                                     const RunDirectory& run) {
  TrainingEvaluatorSettings settings;
  settings.child = settings.start = train_settings(options, dataset);
  settings.start.epochs = static_cast<int>(options.integer("start-epochs"));
  settings.checkpoint = [&run](std::uint64_t id) { return run.checkpoint_path(id); };
  return {dataset, training_split(options, dataset), std::move(settings)};
}

Lemonade lemonade(const Options& options, const Dataset& dataset) {
  auto settings = lemonade_settings(options);
  settings.cheap_limits = {1e300, options.real("max-operations"), options.real("max-transfer")};
  auto cheap = [&options, factor = pool_factor(options.text("pool-factor")),
                costs = std::make_shared<CostModel>(load_accelerator(options.text("accelerator")))](
                   const Graph& graph) { return cheap_objectives(graph, options, factor, *costs); };
  return {std::move(settings), std::move(cheap), start_networks(options, dataset),
          split(key_of(options), "search")};
}

// Seconds of all processes that worked on a run, each up to its last whole generation. Speed is not
// a part of the results: it goes to a file of its own.
class Timing {
 public:
  explicit Timing(std::filesystem::path path) : path_(std::move(path)) {
    if (!std::filesystem::exists(path_)) return;
    try {
      before_ = parse_json(read_text(path_), path_.string()).get<std::map<std::string, double>>();
    } catch (const nlohmann::json::exception& error) {
      throw Error(path_.string(), ": not the seconds of a search: ", error.what());
    }
  }

  void write(const EvaluatorSeconds& now) const {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    const double total = elapsed.count() + before("seconds"),
                 training = now.training + before("training_seconds"),
                 evaluation = now.evaluation + before("evaluation_seconds"),
                 overhead = total - training - evaluation;
    const nlohmann::json json = {{"seconds", total},
                                 {"training_seconds", training},
                                 {"evaluation_seconds", evaluation},
                                 {"overhead_seconds", overhead},
                                 {"overhead_share", overhead / total}};
    write_text(path_, json.dump(1) + "\n");
    spdlog::info("{:.1f} s: training {:.1f} s, evaluation {:.1f} s, the rest {:.2f} s ({:.2f} %)",
                 total, training, evaluation, overhead, 100 * overhead / total);
  }

 private:
  double before(const char* name) const {
    const auto found = before_.find(name);
    return found == before_.end() ? 0 : found->second;
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::filesystem::path path_;
  std::map<std::string, double> before_;
};

bool is_finished(const std::filesystem::path& folder) {
  const auto path = folder / "generations.json";
  return std::filesystem::exists(path) &&
         parse_json(read_text(path), path.string()).value("finished", false);
}

void log_generation(const GenerationRecord& record) {
  spdlog::info("generation {}: {} evaluated, front of {}, hypervolume {:.5f}", record.generation,
               record.evaluated.size(), record.archive.size(), record.hypervolume);
}

}  // namespace

void run_search(const Options& options) {
  const RunDirectory run(options.text("run"), options);
  if (is_finished(run.folder())) return spdlog::info("{} is finished", run.folder().string());
  const Timing timing(run.folder() / "timing.json");
  const auto dataset = load_dataset(options);
  auto trainer = training_evaluator(options, dataset, run);
  RecordedEvaluator evaluator(run, trainer);
  auto search = lemonade(options, dataset);
  const auto key = split(key_of(options), "evaluate");
  while (!search.is_done()) {
    const auto batch = search.ask();
    search.tell(evaluator.evaluate(batch, key));
    timing.write(trainer.seconds());
    run.write_generations(search);
    log_generation(search.generations().back());
  }
}

}  // namespace citrine
