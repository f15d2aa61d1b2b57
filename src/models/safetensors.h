#pragma once
// Import of weights from safetensors files.
#include <filesystem>
#include <string>
#include <string_view>

#include "graph/weights.h"

namespace citrine {

// All tensors of the file under their own names, as float32 (F16 and BF16 are widened, which is
// exact); scalar I64 tensors (num_batches_tracked) are passed over. Throws Error that names the
// file where it is cut short, damaged, of other types or has more than 4 GiB of weights.
Weights read_safetensors(const std::filesystem::path& path);
// The same from the file's bytes; `where` names them in messages.
Weights parse_safetensors(std::string_view bytes, const std::string& where);
// The tensors that `graph` needs, by name; others are left out. Throws Error that names the first
// parameter without one.
Weights match_weights(const Graph& graph, const Weights& imported);

}  // namespace citrine
