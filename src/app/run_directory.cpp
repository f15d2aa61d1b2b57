#include "app/run_directory.h"

#include <spdlog/fmt/fmt.h>

#include "app/network_source.h"
#include "graph/graph_json.h"
#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// The folder, made if it is not there; Error if it has other things in it.
fs::path prepared(fs::path folder) {
  const bool is_run = fs::exists(folder / "candidates");  // what is made first
  if (fs::exists(folder) && !fs::is_directory(folder))
    throw Error(folder.string(), " is not a folder");
  if (fs::exists(folder) && !fs::is_empty(folder) && !is_run)
    throw Error(folder.string(), " is not empty and not a run directory");
  fs::create_directories(folder / "candidates");
  return folder;
}

void check_config(const fs::path& path, const Options& options) {
  if (!fs::exists(path)) return write_text(path, options.ini());
  const Options there(options.command(), {},
                      parse_ini(options.command(), read_text(path), path.string()));
  const auto other = difference(options.config(), there.config());
  if (!other.empty())
    throw Error(path.parent_path().string(), " is a run of another configuration: ", other,
                "; --config ", path.string(), " continues it");
}

nlohmann::json named_objectives(const Candidate& candidate, double error_rate) {
  const auto names = objective_names();
  nlohmann::json json = {{names.front(), error_rate}};
  for (std::size_t i = 0; i < candidate.cheap.size(); ++i) json[names[i + 1]] = candidate.cheap[i];
  return json;
}

// Who the candidate is, apart from how well it does; `hash` is of what it started from.
nlohmann::json identity(const Candidate& candidate) {
  return {{"id", candidate.id},
          {"parent", candidate.parent},
          {"generation", candidate.generation},
          {"operators", candidate.operators},
          {"approximate", candidate.is_approximate},
          {"hash", network_hash(candidate.network)}};
}

}  // namespace

std::vector<std::string> objective_names() {
  return {"error_rate", "sensitivity", "operations", "transfer_bytes"};
}

RunDirectory::RunDirectory(fs::path folder, const Options& options)
    : folder_(prepared(std::move(folder))), lock_(folder_), log_(folder_ / "log.txt") {
  check_config(folder_ / "config.ini", options);
  origin_ = {.config = options.config(),
             .seed = static_cast<std::uint64_t>(options.integer("seed"))};
}

fs::path RunDirectory::candidate_path(std::uint64_t id) const {
  return folder_ / "candidates" / fmt::format("{:06}.h5", id);
}

fs::path RunDirectory::checkpoint_path(std::uint64_t id) const {
  return folder_ / "candidates" / fmt::format(".{:06}.checkpoint.h5", id);
}

std::optional<Evaluated> RunDirectory::read(const Candidate& candidate) const {
  const auto path = candidate_path(candidate.id);
  if (!fs::exists(path)) return std::nullopt;
  auto file = read_network(path);
  const auto wanted = identity(candidate);  // outlives the loop over its items
  for (const auto& [name, value] : wanted.items())
    if (file.origin.record.value(name, nlohmann::json()) != value)
      throw Error(path.string(), " is another candidate: its ", name,
                  " differs from what this run gives");
  fs::remove(checkpoint_path(candidate.id));
  return Evaluated{.error_rate = file.origin.record.at("objectives").at("error_rate"),
                   .weights = std::move(file.network.weights)};
}

void RunDirectory::write(const Candidate& candidate, const Evaluated& result) const {
  NetworkFile file{.network = {candidate.network.graph, result.weights}, .origin = origin_};
  file.origin.record = identity(candidate);
  file.origin.record["objectives"] = named_objectives(candidate, result.error_rate);
  write_network(candidate_path(candidate.id), file);
  fs::remove(checkpoint_path(candidate.id));
}

void RunDirectory::write_generations(const Lemonade& search) const {
  auto generations = nlohmann::json::array();
  for (const auto& record : search.generations())
    generations.push_back({{"generation", record.generation},
                           {"evaluated", record.evaluated},
                           {"population", record.population},
                           {"archive", record.archive},
                           {"hypervolume", record.hypervolume}});
  const nlohmann::json json = {{"schema", "citrine search"},      {"version", 1},
                               {"config", origin_.config},        {"seed", origin_.seed},
                               {"objectives", objective_names()}, {"reference", search.reference()},
                               {"finished", search.is_done()},    {"generations", generations}};
  write_text(folder_ / "generations.json", json.dump(1) + "\n");
}

std::vector<Evaluated> RecordedEvaluator::evaluate(std::span<const Candidate> batch, Key key) {
  std::vector<Evaluated> results;
  for (const auto& candidate : batch) {
    auto result = run_.read(candidate);
    if (!result) {
      result = std::move(inner_.evaluate({&candidate, 1}, key).front());
      run_.write(candidate, *result);
    }
    results.push_back(std::move(*result));
  }
  return results;
}

}  // namespace citrine
