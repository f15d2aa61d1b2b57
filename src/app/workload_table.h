#pragma once
// Operations, weight memory and energy of networks, as JSON and as tables.
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "graph/graph.h"
#include "quant/energy.h"

namespace citrine {

nlohmann::ordered_json workload_json(const Workload& work, const EnergyTable& table);
// Each convolution with its format, and their sum.
nlohmann::ordered_json integer_network_json(const IntegerNetwork& network,
                                            const EnergyTable& table);
// A network's dot products under each scheme by name, without knowing its weights. Throws Error for
// a scheme that is none and for a dot product of 2^31 steps or more.
nlohmann::ordered_json schemes_json(const Graph& graph, const std::vector<std::string>& schemes,
                                    const EnergyTable& table);

void print_integer_network(const nlohmann::ordered_json& json);
void print_schemes(const nlohmann::ordered_json& json);

}  // namespace citrine
