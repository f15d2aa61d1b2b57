#pragma once
// Import of weights from safetensors files.
#include <filesystem>

#include "graph/weights.h"

namespace citrine {

// All float32 tensors of the file under their own names; scalar integer tensors
// (num_batches_tracked) are passed over.
Weights read_safetensors(const std::filesystem::path& path);
// The tensors that `graph` needs, by name; others are left out. Throws Error that names the first
// parameter without one.
Weights match_weights(const Graph& graph, const Weights& imported);

}  // namespace citrine
