#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>

#include <spdlog/fmt/fmt.h>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/log.h"
#include "app/progress.h"
#include "app/run_directory.h"
#include "app/training_run.h"
#include "graph/graph_json.h"
#include "report/report.h"
#include "store/files.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

constexpr char kReference[] = "resnet20";

struct Contender {
  std::string name;
  std::string net;  // what `citrine train` starts from
};

// The front of the finished search, by id, with its objectives.
std::vector<std::pair<fs::path, nlohmann::json>> front_of(const fs::path& run) {
  const auto path = run / "generations.json";
  const auto json = parse_json(read_text(path), path.string());
  std::vector<std::pair<fs::path, nlohmann::json>> front;
  for (const auto& id : json.at("generations").back().at("archive")) {
    const auto file = run / "candidates" / fmt::format("{:06}.h5", id.get<std::uint64_t>());
    front.emplace_back(file, read_origin(file).record.at("objectives"));
  }
  return front;
}

// Removes the best one of the front by one objective and returns its file.
std::string take_best(std::vector<std::pair<fs::path, nlohmann::json>>& front,
                      const char* objective) {
  if (front.empty()) return {};
  const auto best = std::ranges::min_element(front, {}, [&](const auto& member) {
    return member.second.at(objective).template get<double>();
  });
  auto file = best->first.string();
  front.erase(best);
  return file;
}

std::vector<Contender> contenders(const fs::path& run) {
  auto front = front_of(run);
  std::vector<Contender> chosen = {{"found_most_accurate", take_best(front, "error_rate")},
                                   {"found_least_sensitive", take_best(front, "sensitivity")},
                                   {kReference, kReference}};
  std::erase_if(chosen, [](const Contender& contender) { return contender.net.empty(); });
  return chosen;
}

// One command of the sequence, as a user would give it with the preset of this size.
struct Stage {
  std::string title, command;
  std::vector<std::string> arguments;
  OptionValues values;
};

void run_stage(const Options& options, Stage stage) {
  check_interrupt();
  spdlog::info("== {}", stage.title);
  stage.values["preset"] =
      options.text("size") == "smallest" ? "quickstart-smallest" : "quickstart";
  for (const auto* name : {"seed", "threads", "device"}) stage.values[name] = options.text(name);
  const auto start = std::chrono::steady_clock::now();
  run_command(Options(stage.command, std::move(stage.arguments), std::move(stage.values)));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  spdlog::info("== {}: {:.1f} s", stage.title, seconds.count());
}

// There, and nothing left of the work on it.
bool is_whole(const fs::path& result) {
  return fs::exists(result) && !fs::exists(checkpoint_path(result)) &&
         !fs::exists(row_log_path(result));
}

// The stages of one network that are not done yet.
void run_contender(const Options& options, const Contender& contender, const fs::path& folder) {
  fs::create_directories(folder);
  const auto network = folder / "network.h5", integer = folder / "integer.h5",
             campaign = folder / "campaign.h5";
  const std::array<std::pair<fs::path, Stage>, 3> stages = {{
      {network, {"train " + contender.name, "train", {contender.net}, {{"out", network.string()}}}},
      {integer,
       {"quantize " + contender.name, "quantize", {network.string()}, {{"out", integer.string()}}}},
      {campaign,
       {"inject " + contender.name, "inject", {integer.string()}, {{"out", campaign.string()}}}},
  }};
  for (const auto& [result, stage] : stages)
    if (!is_whole(result)) run_stage(options, stage);
}

}  // namespace

void run_quickstart(const Options& options) {
  const fs::path run = options.text("run");
  const auto start = std::chrono::steady_clock::now();
  run_stage(
      options,
      {"search", "search", {}, {{"run", run.string()}}});  // knows itself whether it is finished
  const RunLock lock(run);
  const LogFile log(run / "log.txt");
  for (const auto& contender : contenders(run))
    run_contender(options, contender, run / "networks" / contender.name);
  spdlog::info("== report");
  const auto page = write_report(std::span(&run, 1), run / "report");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  spdlog::info("== {} from search to report", duration_text(seconds.count()));
  std::cout << fs::absolute(page).string() << '\n';
}

}  // namespace citrine
