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
      if (entry.extension() != ".h5" || entry.filename().string().starts_with('.')) continue;
      if (schema_of(entry) == "network")
        search.candidates.push_back(read_candidate(entry, search.objectives));
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(folder.string(), ": not the record of a search: ", error.what());
  }
  for (auto& candidate : search.candidates) candidate.is_on_front = front.contains(candidate.id);
  return search;
}

// Sites in the order of the rows, `trials` of each.
void take_campaign(NetworkEntry& entry, CampaignFile file) {
  entry.layers = std::move(file.layers);
  entry.campaign = std::move(file.result);
  for (const auto& row : entry.campaign.rows)
    if (std::ranges::find(entry.sites, row.fault.site) == entry.sites.end())
      entry.sites.push_back(row.fault.site);
  if (!entry.sites.empty()) entry.trials = entry.campaign.rows.size() / entry.sites.size();
  if (entry.campaign.images > 0 && !entry.integer_test)
    entry.integer_test = Counted{entry.campaign.correct, entry.campaign.images};
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
    entry.integer_test = counted(file.origin.record);
    // On the same images as the integer network, which the training's own evaluation is not.
    if (const auto same = counted(file.origin.record, "float_evaluation")) entry.float_test = same;
    origin = std::move(file.origin);
  } else if (schema == "campaign") {
    auto file = read_campaign(path);
    entry.campaign_name = path.filename().string();
    origin = file.origin;
    take_campaign(entry, std::move(file));
  } else {
    throw Error(path.string(), ": a report takes networks, integer networks and campaigns, got a ",
                schema);
  }
  config[path.string()] = {{"config", origin.config}, {"seed", origin.seed}};
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
    entry.name = network.filename().string();
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

ReportContent read_content(std::span<const fs::path> inputs) {
  ReportContent content;
  for (const auto& input : inputs) {
    content.inputs.push_back(input.string());
    if (fs::is_directory(input)) {
      take_folder(input, content);
    } else if (fs::exists(input)) {
      NetworkEntry entry;
      entry.name = input.stem().string();
      take_file(input, entry, content.config);
      content.networks.push_back(std::move(entry));
    } else {
      throw Error(input.string(), ": no such file or folder");
    }
  }
  return content;
}

}  // namespace citrine
