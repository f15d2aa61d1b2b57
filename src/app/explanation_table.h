#pragma once
// The explanation of a campaign's row as JSON and as text.
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "faultsim/campaign.h"
#include "faultsim/explanation.h"
#include "quant/integer_network.h"

namespace citrine {

struct ExplainedRow {
  std::uint64_t index = 0;
  Row row;
  std::uint8_t label = 0;  // of its image
  Explanation explanation;
  ArrayShape array = {};
  std::vector<FaultTrace> alone = {};  // of each of several faults, as if there were no other
};

nlohmann::ordered_json explanation_json(const IntegerNetwork& network, const ExplainedRow& row);
std::string explanation_text(const nlohmann::ordered_json& json);
// One line each: what happened, and where.
std::string outcome_line(const nlohmann::ordered_json& json);
std::string place_line(const nlohmann::ordered_json& json);

}  // namespace citrine
