#pragma once
// What a report is about: candidates and generations of searches, and networks with their
// campaigns.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "graph/graph.h"
#include "store/campaign_file.h"
#include "store/exhaustive_file.h"

namespace citrine {

struct CandidateEntry {
  std::uint64_t id = 0;
  std::int64_t parent = -1;
  int generation = 0;
  std::vector<std::string> operators;
  std::vector<double> objectives;  // in the order of SearchEntry::objectives
  bool is_on_front = false;        // not dominated by any other candidate of the search
  Graph graph;
};

struct GenerationEntry {
  int generation = 0;
  std::size_t evaluated = 0, population = 0, archive = 0;
  double hypervolume = 0;
};

struct SearchEntry {
  std::vector<std::string> objectives;  // names; the first is the error rate
  std::vector<double> reference;        // point that the hypervolume is measured against
  std::vector<CandidateEntry> candidates;
  std::vector<GenerationEntry> generations;
};

struct Counted {
  std::int64_t correct = 0, total = 0;
};

// A network that was quantized or injected.
struct NetworkEntry {
  std::string name;
  std::optional<Graph> graph;
  std::optional<Counted> float_test, integer_test;
  std::string fingerprint;   // of the integer network; empty if there is none
  CampaignSummary campaign;  // without sites and curve if there is none
  std::optional<ExhaustiveFile> exhaustive;
};

const std::vector<OutcomeGroup>& groups_of(const NetworkEntry& network, Grouping grouping);

struct ReportContent {
  std::vector<std::string> inputs;                   // as given
  nlohmann::json config = nlohmann::json::object();  // of each input, by name
  std::optional<SearchEntry> search;
  std::vector<NetworkEntry> networks;
  // What campaigns under the same images differ by, as `compare` prints it; null without.
  nlohmann::ordered_json comparison;
};

// Reads run directories and files; an integer network and its campaign become one entry. Throws
// Error that names the first input with nothing in it to report.
ReportContent read_content(std::span<const std::filesystem::path> inputs);

}  // namespace citrine
