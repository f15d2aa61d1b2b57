#pragma once
// Import of weights from safetensors files.
#include <filesystem>

#include "graph/weights.h"

namespace citrine {

// All float32 tensors of the file under their own names; scalar integer tensors (num_batches_tracked) are passed over.
Weights read_safetensors(const std::filesystem::path& path);
// Fits imported tensors to `graph`: by equal names, else in order of the file's names within the graph's order where
// kinds and shapes leave one way. Throws Error that names the first parameter without a tensor.
Weights match_weights(const Graph& graph, const Weights& imported);

}  // namespace citrine
