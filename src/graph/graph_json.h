#pragma once
// JSON form of a graph; schema in docs/format.md.
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "graph/graph.h"

namespace citrine {

nlohmann::json to_json(const Graph& graph);
// Throws Error naming the node; accepts nodes in any order, refuses cycles, unknown keys and
// unknown operations.
Graph graph_from_json(const nlohmann::json& json);
inline constexpr std::size_t kMaxJsonBytes = std::size_t{64} << 20;

// Text of at most kMaxJsonBytes, nested at most 64 deep: deeper input is refused before it costs
// memory or stack.
nlohmann::json parse_json(std::string_view text, const std::string& where);
nlohmann::json read_json(const std::filesystem::path& path);
Graph read_graph_json(const std::filesystem::path& path);

}  // namespace citrine
