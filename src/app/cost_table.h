#pragma once
// What a network costs on an accelerator, and where its sensitivity comes from, as JSON and as a
// table.
#include <nlohmann/json.hpp>

#include "graph/graph.h"
#include "objectives/cost.h"
#include "objectives/sensitivity.h"

namespace citrine {

// Every node with what it costs, its schedule, and its part in the sensitivity index.
nlohmann::ordered_json layers_json(const Graph& graph, const Cost& price, const Sensitivity& index);
// Sums over layers; per frame.
nlohmann::ordered_json cost_json(const Cost& price, const Accelerator& accelerator);

void print_layers(const nlohmann::ordered_json& layers);
void print_cost(const nlohmann::ordered_json& cost);

}  // namespace citrine
