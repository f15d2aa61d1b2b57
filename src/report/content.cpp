#include "report/content.h"

#include <algorithm>
#include <set>

#include "graph/graph_json.h"
#include "kernels/error.h"
#include "store/files.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

std::optional<Counted> counted(const nlohmann::json& record, const char* name = "evaluation") {
  if (!record.contains(name)) return std::nullopt;
  const auto& evaluation = record.at(name);
  return Counted{evaluation.at("correct"), evaluation.at("total")};
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  if (fs::is_directory(folder))
    for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  std::ranges::sort(entries);
  return entries;
}

CandidateEntry read_candidate(const fs::path& path, const std::vector<std::string>& objectives) {
  auto file = read_network(path);
  const auto& record = file.origin.record;
  CandidateEntry entry{0, -1, 0, {}, {}, false, std::move(file.network.graph)};
  entry.id = record.at("id");
  entry.parent = record.at("parent");
  entry.generation = record.at("generation");
  entry.operators = record.at("operators").get<std::vector<std::string>>();
  for (const auto& name : objectives) entry.objectives.push_back(record.at("objectives").at(name));
  return entry;
}

void read_generations(const nlohmann::json& json, SearchEntry& search,
                      std::set<std::uint64_t>& front) {
  search.objectives = json.at("objectives").get<std::vector<std::string>>();
  search.reference = json.at("reference").get<std::vector<double>>();
  for (const auto& item : json.at("generations")) {
    front = item.at("archive").get<std::set<std::uint64_t>>();
    search.generations.push_back({item.at("generation"), item.at("evaluated").size(),
                                  item.at("population").size(), front.size(),
                                  item.at("hypervolume")});
  }
}

SearchEntry read_search(const fs::path& folder) {
  const auto path = folder / "generations.json";
  SearchEntry search;
  std::set<std::uint64_t> front;
  try {
    read_generations(parse_json(read_text(path), path.string()), search, front);
    for (const auto& entry : sorted_entries(folder / "candidates")) {
      if (entry.extension() == ".h5" && schema_of(entry) == "network")
        search.candidates.push_back(read_candidate(entry, search.objectives));
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(folder.string(), ": not the record of a search: ", error.what());
  }
  for (auto& candidate : search.candidates) candidate.is_on_front = front.contains(candidate.id);
  return search;
}

void take_campaign(NetworkEntry& entry, CampaignSummary campaign) {
  entry.fingerprint = campaign.network_fingerprint;
  const auto& result = campaign.result;
  if (result.images > 0 && !entry.integer_test)
    entry.integer_test = Counted{result.correct, result.images};
  entry.campaign = std::move(campaign);
}

void take_exhaustive(NetworkEntry& entry, ExhaustiveFile file) {
  const auto& [labels, classes, counts, criticality, trials] = file.result;
  std::int64_t correct = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) correct += labels[i] == classes[i] ? 1 : 0;
  if (!entry.integer_test && !labels.empty())
    entry.integer_test = Counted{correct, static_cast<std::int64_t>(labels.size())};
  entry.fingerprint = file.network_fingerprint;
  entry.exhaustive = std::move(file);
}

// Adds what one file says to the entry of its network.
void take_file(const fs::path& path, NetworkEntry& entry, nlohmann::json& config) {
  const auto schema = schema_of(path);
  Origin origin;
  if (schema == "network") {
    auto file = read_network(path);
    entry.graph = std::move(file.network.graph);
    entry.float_test = counted(file.origin.record);
    origin = std::move(file.origin);
  } else if (schema == "integer network") {
    auto file = read_integer_network(path);
    if (!entry.graph) entry.graph = std::move(file.graph);
    entry.fingerprint = fingerprint(file.network);
    entry.integer_test = counted(file.origin.record);
    // On the same images as the integer network, which the training's own evaluation is not.
    if (const auto same = counted(file.origin.record, "float_evaluation")) entry.float_test = same;
    origin = std::move(file.origin);
  } else if (schema == "campaign") {
    auto campaign = read_campaign_summary(path);
    origin = campaign.origin;
    take_campaign(entry, std::move(campaign));
  } else if (schema == "exhaustive") {
    auto file = read_exhaustive(path);
    origin = file.origin;
    take_exhaustive(entry, std::move(file));
  } else {
    throw Error(path.string(),
                ": a report takes networks, integer networks, campaigns and exhaustive counts, got "
                "a file of schema '",
                schema, "'");
  }
  config[path.string()] = {{"config", origin.config}, {"seed", origin.seed}};
}

// `wanted`, with a number if another entry has that name: figures and groups are named after it.
std::string unused_name(const ReportContent& content, const std::string& wanted) {
  auto name = wanted;
  for (int number = 2; std::ranges::count(content.networks, name, &NetworkEntry::name) > 0;)
    name = wanted + "_" + std::to_string(number++);
  return name;
}

bool has_campaign(const NetworkEntry& entry) {
  return !entry.campaign.sites.empty() || !entry.campaign.result.curve.empty();
}

// Both are of one integer network, and say different things of it.
bool belong_together(const NetworkEntry& a, const NetworkEntry& b) {
  return !a.fingerprint.empty() && a.fingerprint == b.fingerprint && !(a.graph && b.graph) &&
         !(has_campaign(a) && has_campaign(b)) && !(a.exhaustive && b.exhaustive);
}

// Adds what the other has to an entry, which keeps its name.
void join(NetworkEntry& entry, NetworkEntry other) {
  if (other.graph) {
    std::swap(entry.name, other.name);
    std::swap(entry, other);
  }
  if (has_campaign(other)) entry.campaign = std::move(other.campaign);
  if (other.exhaustive) entry.exhaustive = std::move(other.exhaustive);
  if (!entry.integer_test) entry.integer_test = other.integer_test;
}

void take_single(const fs::path& path, ReportContent& content) {
  NetworkEntry entry;
  take_file(path, entry, content.config);
  entry.name = unused_name(content, path.stem().string());
  const auto partner = std::ranges::find_if(
      content.networks, [&](const NetworkEntry& other) { return belong_together(other, entry); });
  if (partner == content.networks.end()) {
    content.networks.push_back(std::move(entry));
  } else {
    join(*partner, std::move(entry));
  }
}

void take_folder(const fs::path& folder, ReportContent& content) {
  bool is_empty = true;
  if (fs::exists(folder / "generations.json")) {
    if (content.search)
      throw Error(folder.string(), ": a report shows one search, and another one came before");
    content.search = read_search(folder);
    is_empty = false;
  }
  if (fs::exists(folder / "config.ini"))
    content.config[folder.string()] = read_text(folder / "config.ini");
  for (const auto& network : sorted_entries(folder / "networks")) {
    NetworkEntry entry;
    entry.name = unused_name(content, network.filename().string());
    for (const char* name : {"network.h5", "integer.h5", "campaign.h5"})
      if (fs::exists(network / name)) take_file(network / name, entry, content.config);
    content.networks.push_back(std::move(entry));
    is_empty = false;
  }
  if (is_empty)
    throw Error(folder.string(),
                ": holds no generations.json and no networks folder, so nothing to report");
}

}  // namespace

const std::vector<OutcomeGroup>& groups_of(const NetworkEntry& network, Grouping grouping) {
  return network.campaign.groups[static_cast<std::size_t>(grouping)];
}

ReportContent read_content(std::span<const fs::path> inputs) {
  ReportContent content;
  for (const auto& input : inputs) {
    content.inputs.push_back(input.string());
    if (fs::is_directory(input)) {
      take_folder(input, content);
    } else if (fs::exists(input)) {
      take_single(input, content);
    } else {
      throw Error(input.string(), ": no such file or folder");
    }
  }
  return content;
}

}  // namespace citrine
