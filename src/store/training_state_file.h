#pragma once
// A checkpoint: where a training stands.
#include <filesystem>

#include "graph/training_state.h"
#include "store/contents.h"
#include "store/origin.h"

namespace citrine {

// Throw Error if weights or momentum are not the graph's or not finite, the file does not hold, or
// it belongs to another graph.
void write_training_state(const std::filesystem::path& path, const Graph& graph,
                          const TrainingState& state, const Origin& origin);
TrainingState read_training_state(const std::filesystem::path& path, const Graph& graph);

// The same without a file; `where`: its name in messages.
Contents training_state_contents(const Graph& graph, const TrainingState& state,
                                 const Origin& origin, const std::string& where);
TrainingState training_state_from(const Contents& contents, const Graph& graph);

}  // namespace citrine
