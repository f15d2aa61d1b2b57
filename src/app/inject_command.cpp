#include <iostream>
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "app/campaign_part.h"
#include "app/campaign_plan.h"
#include "app/campaign_run.h"
#include "app/campaign_settings.h"
#include "app/campaign_table.h"
#include "app/commands.h"
#include "app/exhaustive_run.h"
#include "app/inject_several.h"
#include "app/listed_faults.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/ranks.h"
#include "app/target.h"
#include "faultsim/campaign.h"
#include "kernels/error.h"
#include "store/files.h"
#include "store/sha256.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// All that the rows follow from, apart from the network: not on the seconds of one command, as
// another continues, only on whether there are any.
nlohmann::json campaign_config(const Options& options, const CampaignSettings& settings,
                               const IntegerNetwork& network, const std::string& list_hash) {
  auto config = portable_config(options);
  if (!list_hash.empty()) record_list(list_hash, config);
  record_layers(settings.model, network, config);
  config["trials"] = settings.trials;
  config["until-time"] = settings.stop.is_timed;
  if (settings.faults_per_trial > 1) config["faults-per-trial"] = settings.faults_per_trial;
  return config;
}

Json fault_json(const Fault& fault, const IntegerNetwork& network) {
  return {{"site", name_of(fault.site)},
          {"layer", layer_name(fault.site, fault.layer, layer_names(network))},
          {"element", fault.element},
          {"step", fault.step},
          {"bit", fault.bit},
          {"width", fault.width},
          {"effect", name_of(fault.effect)},
          {"value", fault.value}};
}

Json row_json(std::uint64_t index, const Row& row, const IntegerNetwork& network, int label) {
  const auto& [kind, golden, faulty, is_sdc5, is_drop10, is_drop20, change] = row.outcome;
  Json json = {{"row", index}};
  json.update(fault_json(row.fault, network));
  for (const auto& fault : row.further)
    json["further_faults"].push_back(fault_json(fault, network));
  json.update({{"image", row.image},
               {"label", label},
               {"outcome", name_of(kind)},
               {"golden_class", golden},
               {"faulty_class", faulty},
               {"sdc5", is_sdc5 != 0},
               {"drop10", is_drop10 != 0},
               {"drop20", is_drop20 != 0},
               {"logit_change", change}});
  return json;
}

void print(const Json& json, const Options& options) {
  if (options.text("format") == "json") {
    std::cout << json.dump(2) << '\n';
    return;
  }
  for (const auto& [name, value] : json.items())
    std::cout << fmt::format("{:<14} {}\n", name, value.dump());
}

void replay(Campaign& campaign, const CampaignSettings& settings, const IntegerNetwork& network,
            const Options& options) {
  const auto row = static_cast<std::uint64_t>(options.integer("only"));
  if (row >= campaign.rows())
    throw Error("row ", row, " is not one of the campaign's ", campaign.rows(), " rows");
  run_pilot_before(campaign, settings, row);
  const auto trial = campaign.run(row, row + 1).front();
  print(row_json(row, trial, network, campaign.labels()[trial.image]), options);
}

// All that the log's rows follow from.
RowLogBinding binding_of(const CampaignFile& file) {
  nlohmann::json settings = {{"config", file.origin.config},
                             {"images", file.origin.record.at("images")}};
  if (file.origin.record.contains("shard")) settings["shard"] = file.origin.record.at("shard");
  return {.network_fingerprint = file.network_fingerprint, .settings = std::move(settings)};
}

struct Prepared {
  IntegerNetwork network;
  CampaignSettings settings;
  std::unique_ptr<Backend> backend;
  CampaignImages images;
  std::string images_hash = {};
  std::string list_hash = {};  // of the faults that are not drawn
};

Prepared prepare(const std::string& net, const Options& options) {
  // Not among the braces: where a later one throws, GCC destroys those before it twice.
  auto backend = make_backend(options.text("backend"));
  Prepared prepared{.network = read_integer_network(net).network,
                    .settings = {},
                    .backend = std::move(backend),
                    .images = {}};
  prepared.settings = campaign_settings(options, prepared.network);
  prepared.images = campaign_images(prepared.network, options);
  prepared.images_hash = sha256(std::as_bytes(std::span(prepared.images.codes)));
  // Permanent faults meet all of them.
  if (const auto images = prepared.images.count();
      prepared.settings.is_permanent && !options.is_given("trials"))
    prepared.settings.trials = (prepared.settings.trials + images - 1) / images * images;
  if (options.is_given("faults"))
    prepared.list_hash =
        take_list(options, prepared.network, prepared.images.count(), prepared.settings);
  return prepared;
}

// The campaign's file without rows and curve.
CampaignFile campaign_frame(const Campaign& campaign, const Prepared& prepared,
                            const Options& options) {
  const auto& network = prepared.network;
  const auto network_fingerprint = fingerprint(network);
  const auto config = campaign_config(options, prepared.settings, network, prepared.list_hash);
  return {.network_fingerprint = network_fingerprint,
          .layers = layer_names(network),
          .result = campaign.frame(),
          .origin = {.config = config,
                     .seed = config.at("seed"),
                     .record = {{"from", network_fingerprint}, {"images", prepared.images_hash}}}};
}

// Throws Error if the settings do not fit the network, or the file cannot be written or is of
// another command. The folder of `out` may be missing.
void check_campaign(const std::string& net, const fs::path& out, const Options& options) {
  const auto prepared = prepare(net, options);
  const Campaign campaign(prepared.network, prepared.images, prepared.settings, *prepared.backend);
  const auto file = campaign_frame(campaign, prepared, options);
  if (fs::is_directory(out.parent_path()) && !fs::is_regular_file(out)) check_target(out, options);
  is_finished(out, file.origin, options);
  if (const auto log = row_log_path(out); fs::exists(log)) RowLog(log, binding_of(file));
}

// The time was up when `path` was written.
bool is_cut_short(const fs::path& path) {
  return fs::exists(path) && read_origin(path).record.value("unfinished", false);
}

// Runs what is not done yet and writes the file.
void complete(CampaignFile& file, Campaign& campaign, const CampaignSettings& settings,
              const CampaignPart& part, const Options& options) {
  const auto& [assignment, out] = part;
  const bool was_finished = is_finished(out, file.origin, options) && !is_cut_short(out);
  RowLog log(row_log_path(out), binding_of(file));
  bool is_whole = true;
  if (was_finished) {
    file = read_campaign(out);
  } else {
    is_whole = continue_campaign(campaign, settings, assignment, log);
    file.result.rows = rows_by_site(campaign, settings, assignment.shard, log);
    file.result.curve = log.points();
    if (!is_whole) file.origin.record["unfinished"] = true;
    write_campaign(out, file);
  }
  if (is_whole) return log.remove();
  spdlog::info("the time is up; the same command continues the campaign");
}

CampaignFile run_campaign(const std::string& net, const CampaignPart& part,
                          const Options& options) {
  auto prepared = prepare(net, options);
  Campaign campaign(prepared.network, std::move(prepared.images), prepared.settings,
                    *prepared.backend);
  auto file = campaign_frame(campaign, prepared, options);
  record(part.assignment.shard, file.origin);
  complete(file, campaign, prepared.settings, part, options);
  spdlog::info("wrote {}", part.out.string());
  return file;
}

// Without a file.
void show(const std::string& net, const Options& options) {
  const auto prepared = prepare(net, options);
  const auto& network = prepared.network;
  const auto& settings = prepared.settings;
  Campaign campaign(network, prepared.images, settings, *prepared.backend);
  if (options.is_given("only")) return replay(campaign, settings, network, options);
  const auto curve = curve_plan(network, prepared.images, settings, *prepared.backend);
  const PlanSettings plan{.margin = options.real("margin"), .seconds = options.real("until-time")};
  print_plan(campaign_plan(campaign, settings, curve, plan), options.text("format") == "json");
}

// Each network gets a campaign of its own.
void compare_all(const Options& options, const Ranks& ranks) {
  if (ranks.count() > 1 || options.is_given("shard"))
    throw Error("several networks take one process for each campaign as a whole, got ",
                options.arguments().size(), " networks");
  const Assignment whole{.shard = {}, .deadline = Deadline(options.real("until-time"))};
  inject_several(
      options,
      [&](const std::string& net, const fs::path& out) { check_campaign(net, out, options); },
      [&](const std::string& net, const fs::path& out) {
        return run_campaign(net, {.assignment = whole, .out = out}, options);
      });
}

}  // namespace

void run_inject(const Options& options) {
  const bool is_replay = options.is_given("only"), is_plan = options.toggle("plan");
  if (is_replay && is_plan) throw Error("options 'only' and 'plan' cannot be given together");
  if (options.is_given("faults")) check_listed(options);
  for (const auto& net : options.arguments())
    if (!is_integer_network(net)) throw Error(net, " is not an integer network: quantize it first");
  const Ranks ranks;
  if (options.arguments().size() > 1) return compare_all(options, ranks);
  const auto& net = options.arguments().front();
  const auto part = campaign_part(options, ranks);
  if (options.toggle("exhaustive")) {
    run_exhaustive(options, part);
  } else if (is_replay || is_plan) {
    show(net, options);
  } else {
    const auto file = run_campaign(net, part, options);
    if (part.assignment.shard.is_whole())
      print_campaign(campaign_json(file), options.text("format") == "json");
  }
  gather(options, ranks);
}

}  // namespace citrine
