#include "store/training_state_file.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "graph/graph_json.h"
#include "kernels/error.h"
#include "store/columns.h"
#include "store/contents_file.h"
#include "store/json_text.h"
#include "store/located.h"
#include "store/weights_group.h"

namespace citrine {
namespace {

// The optimizer keeps a buffer for some of the parameters, each of its parameter's shape.
void check_momentum(const Graph& graph, const Weights& momentum) {
  const auto list = parameter_shapes(graph);
  const std::map<std::string, std::vector<std::int64_t>> shapes(list.begin(), list.end());
  for (const auto& [name, tensor] : momentum) {
    const auto parameter = shapes.find(name);
    if (parameter == shapes.end()) throw Error("momentum of '", name, "', which is no parameter");
    if (tensor.shape != parameter->second)
      throw Error("momentum of '", name, "' must have its parameter's shape");
    if (!std::ranges::all_of(tensor.values, [](float value) { return std::isfinite(value); }))
      throw Error("momentum of '", name, "' must be finite");
  }
}

void check_state(const Graph& graph, const TrainingState& state) {
  if (state.epochs_done < 0) throw Error("epochs done must be at least 0, got ", state.epochs_done);
  check_weights(graph, state.weights);
  check_momentum(graph, state.momentum);
}

void put_history(Contents& contents, const std::vector<EpochRecord>& history) {
  const auto put = [&]<class T>(const std::string& name, T EpochRecord::*field) {
    contents.put_list("history/" + name, column<T>(history, [&](auto& row) { return row.*field; }));
  };
  put("epoch", &EpochRecord::epoch);
  put("rate", &EpochRecord::rate);
  put("loss", &EpochRecord::loss);
  put("error_rate", &EpochRecord::error_rate);
}

std::vector<EpochRecord> history_from(const Contents& contents) {
  std::vector<EpochRecord> history(contents.list<std::int32_t>("history/epoch").size());
  const auto fill = [&]<class T>(const std::string& name, T EpochRecord::*field) {
    fill_column<T>(history, contents, "history/" + name,
                   [&](EpochRecord& row, T value) { row.*field = value; });
  };
  fill("epoch", &EpochRecord::epoch);
  fill("rate", &EpochRecord::rate);
  fill("loss", &EpochRecord::loss);
  fill("error_rate", &EpochRecord::error_rate);
  return history;
}

}  // namespace

Contents training_state_contents(const Graph& graph, const TrainingState& state,
                                 const Origin& origin, const std::string& where) {
  Contents contents(where);
  located(where, [&] { check_state(graph, state); });
  put_json(contents, "graph", to_json(graph));
  contents.put_scalar("@epochs_done", std::int32_t{state.epochs_done});
  put_weights(contents, "weights", state.weights);
  put_weights(contents, "momentum", state.momentum);
  put_history(contents, state.history);
  put_origin(contents, origin);
  return contents;
}

TrainingState training_state_from(const Contents& contents, const Graph& graph) {
  return located(contents.where(), [&] {
    const auto expected = canonical_hash(graph);
    const auto found = canonical_hash(graph_from_json(json_at(contents, "graph")));
    if (found != expected)
      throw Error("belongs to another graph: expected hash ", expected, ", got ", found);
    TrainingState state{.epochs_done = contents.scalar<std::int32_t>("@epochs_done"),
                        .weights = weights_from(contents, "weights"),
                        .momentum = weights_from(contents, "momentum"),
                        .history = history_from(contents)};
    check_state(graph, state);
    return state;
  });
}

void write_training_state(const std::filesystem::path& path, const Graph& graph,
                          const TrainingState& state, const Origin& origin) {
  write_contents(path, kTrainingStateSchema,
                 training_state_contents(graph, state, origin, path.string()));
}

TrainingState read_training_state(const std::filesystem::path& path, const Graph& graph) {
  return training_state_from(read_contents(path, kTrainingStateSchema), graph);
}

}  // namespace citrine
