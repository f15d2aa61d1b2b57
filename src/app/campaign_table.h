#pragma once
// What a campaign found, as JSON and as a table.
#include <string>

#include <nlohmann/json.hpp>

#include "store/campaign_file.h"

namespace citrine {

// With every group of trials (docs/format.md).
nlohmann::ordered_json campaign_json(const CampaignFile& file);
void print_campaign(const nlohmann::ordered_json& json, bool is_json);
// Parts of the table: what was found, and how it was estimated.
void print_findings(const nlohmann::ordered_json& json);
// Of a site, how many of its "trials" or "faults", the unit, are SDC; shares and their intervals,
// in per cent with so many digits.
void print_shares(const nlohmann::ordered_json& site, const std::string& unit, int digits);
std::string estimators_text(const nlohmann::ordered_json& json);  // in lines

// If it is known; a list has none.
void put_interval(nlohmann::ordered_json& json, const std::string& name, const Interval& interval);
// Adds count, share and known intervals of each event.
void add_sum(nlohmann::ordered_json& json, const OutcomeSummary& sum);

// JSON has no infinity: it is the text "infinity".
nlohmann::ordered_json rate_json(double rate);
double rate_from(const nlohmann::ordered_json& json);

// "1 point", of a share of 0.01.
std::string rise_text(double rise);

}  // namespace citrine
