#include "app/exhaustive_run.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <numeric>

#include <spdlog/spdlog.h>

#include "app/campaign_run.h"
#include "app/campaign_settings.h"
#include "app/exhaustive_plan.h"
#include "app/exhaustive_table.h"
#include "app/interrupt.h"
#include "app/network_source.h"
#include "app/progress.h"
#include "app/settings.h"
#include "app/target.h"
#include "faultsim/fault_space.h"
#include "faultsim/outcome.h"
#include "kernels/error.h"
#include "store/files.h"
#include "store/json_text.h"
#include "store/sha256.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// Options that only samples have.
constexpr const char* kSampleOptions[] = {
    "trials", "sampling",   "strata",      "pilot",       "until-failures", "until-width",
    "rates",  "margin",     "curve-sites", "curve-seeds", "rise",           "only",
    "effect", "fault-bits", "permanent",   "array",       "mapping",        "faults-per-trial"};

void check_options(const Options& options) {
  for (const auto* name : kSampleOptions)
    if (options.is_given(name))
      throw Error("options 'exhaustive' and '", name, "' cannot be given together");
}

// Those of outputs if none are named; "all": all that can be counted.
std::vector<Site> counted_sites(const Options& options, const IntegerNetwork& network,
                                const FaultModel& model) {
  const auto names = options.texts("sites");
  auto sites = sites_of(options, "sites", network, model);
  const auto is_other = [](Site site) { return !is_counted(site); };
  if (!options.is_given("sites")) std::erase_if(sites, is_learned);
  if (std::ranges::find(names, "all") != names.end()) std::erase_if(sites, is_other);
  if (const auto other = std::ranges::find_if(sites, is_other); other != sites.end())
    throw Error("'--exhaustive' counts faults of outputs, stored weights and biases; those of ",
                name_of(*other), " are drawn: all of them if '--trials' says as many as there are");
  for (const Site site : sites)
    if (FaultSpace(network, site, model).size() == 0)
      throw Error("site ", name_of(site), " must have faults in the ", name_of_layers(model),
                  ", got none");
  std::ranges::sort(sites);
  return sites;
}

Origin origin_of(const Options& options, const IntegerNetwork& network, const FaultModel& model,
                 const CampaignImages& images) {
  auto config = portable_config(options);
  record_layers(model, network, config);
  // Another command may take other seconds to continue.
  config["until-time"] = options.real("until-time") > 0;
  return {.config = std::move(config),
          .seed = key_of(options).seed,
          .record = {{"from", fingerprint(network)},
                     {"images", sha256(std::as_bytes(std::span(images.codes)))}}};
}

std::vector<std::array<std::uint32_t, 3>> shapes_of(const IntegerNetwork& network) {
  std::vector<std::array<std::uint32_t, 3>> shapes;
  for (const auto& layer : network.layers)
    shapes.push_back({static_cast<std::uint32_t>(layer.height),
                      static_cast<std::uint32_t>(layer.width),
                      static_cast<std::uint32_t>(layer.channels)});
  return shapes;
}

// All that the counts follow from.
nlohmann::json settings_of(const Origin& origin) {
  return {{"config", origin.config}, {"record", origin.record}};
}

// What an earlier command did of it, if anything.
void take_partial(ExhaustiveFile& file, const fs::path& partial) {
  if (!fs::exists(partial)) return;
  auto done = read_exhaustive(partial);
  done.origin.record.erase("unfinished");
  const auto there = settings_of(done.origin), here = settings_of(file.origin);
  if (there != here)
    throw Error(partial.string(),
                " belongs to another command: ", json_difference(there, here, "here"),
                "; remove it to begin anew");
  file.result = std::move(done.result);
  spdlog::info("continues behind image {}", file.result.images());
}

class Exhaustion {
 public:
  Exhaustion(const IntegerNetwork& network, CampaignImages images, const std::vector<Site>& sites,
             const FaultModel& model, const Options& options)
      : network_(network),
        images_(std::move(images)),
        sites_(sites),
        backend_(make_backend(options.text("backend"))),
        engine_(network, *backend_),
        faults_(faults_by_layer(network, sites, model)) {}

  // Adds the images that are not there yet; `keep` is called after each. False if the time was up
  // before the end.
  template <class Keep>
  bool complete(ExhaustiveResult& result, const Deadline& deadline, const Keep& keep) {
    Progress progress("inject");
    while (result.images() < images_.count()) {
      add_image(result, progress);
      keep();
      if (deadline.is_past()) break;
    }
    return result.images() == images_.count();
  }

 private:
  // On an interrupt the result holds part of an image, and is not to be used any more.
  void add_image(ExhaustiveResult& result, Progress& progress) {
    const auto image = result.images();
    const auto size = static_cast<std::size_t>(network_.input().elements());
    const auto golden = engine_.golden(std::span(images_.codes).subspan(image * size, size));
    result.labels.push_back(images_.labels[image]);
    result.classes.push_back(static_cast<std::uint8_t>(top_class(golden.logits)));
    const auto all = std::accumulate(faults_.begin(), faults_.end(), std::int64_t{0});
    auto done = image * all;
    for (std::uint32_t layer = 0; layer < faults_.size(); ++layer) {
      check_interrupt();
      if (faults_[layer] == 0) continue;
      add_layer(result, layer, exhaust_layer(engine_, network_, layer, sites_, golden));
      done += faults_[layer];
      progress.update(done, images_.count() * all);
    }
  }

  static std::vector<std::int64_t> faults_by_layer(const IntegerNetwork& network,
                                                   const std::vector<Site>& sites,
                                                   const FaultModel& model) {
    std::vector<std::int64_t> faults(network.layers.size());
    for (const auto site : sites)
      for (std::size_t layer = 0; layer < faults.size(); ++layer)
        faults[layer] += static_cast<std::int64_t>(site_extent(network, site, layer, model).size());
    return faults;
  }

  const IntegerNetwork& network_;
  const CampaignImages images_;
  const std::vector<Site>& sites_;
  std::unique_ptr<Backend> backend_;
  Engine engine_;
  std::vector<std::int64_t> faults_;  // of each layer, under one image
};

// Continues from what an earlier command kept beside `out`.
bool complete(ExhaustiveFile& file, Exhaustion exhaustion, const Deadline& deadline,
              const fs::path& out) {
  const auto partial = row_log_path(out);
  take_partial(file, partial);
  file.origin.record["unfinished"] = true;
  const bool is_whole = exhaustion.complete(file.result, deadline, [&] {
    write_exhaustive(partial, file);
    spdlog::debug("counted image {}", file.result.images());
  });
  file.origin.record.erase("unfinished");
  return is_whole;
}

void plan(const IntegerNetwork& network, const CampaignImages& images,
          const std::vector<Site>& sites, const FaultModel& model, const Options& options) {
  const auto backend = make_backend(options.text("backend"));
  print_exhaustive_plan(
      exhaustive_plan(network, images, sites, model, *backend, options.real("until-time")),
      options.text("format") == "json");
}

}  // namespace

void run_exhaustive(const Options& options, const CampaignPart& part) {
  check_options(options);
  const auto network = read_integer_network(options.arguments().front()).network;
  const auto model = fault_model(options, network);
  const auto sites = counted_sites(options, network, model);
  const auto images = campaign_images(network, options);
  if (options.toggle("plan")) return plan(network, images, sites, model, options);
  const auto& [assignment, out] = part;
  const ResultLock lock(out);
  ExhaustiveFile file{.network_fingerprint = fingerprint(network),
                      .layers = layer_names(network),
                      .shapes = shapes_of(network)};
  file.origin = origin_of(options, network, model, images);
  record(assignment.shard, file.origin);
  bool is_whole = true;
  if (is_finished(out, file.origin, options)) {
    file = read_exhaustive(out);
  } else {
    const auto& shard = assignment.shard;
    const auto begin = shard.begin(images.count()), end = shard.end(images.count());
    is_whole =
        complete(file, Exhaustion(network, part_of(images, begin, end), sites, model, options),
                 assignment.deadline, out);
    if (is_whole) write_exhaustive(out, file);
  }
  if (is_whole) {
    fs::remove(row_log_path(out));
    spdlog::info("wrote {}", out.string());
  } else {
    spdlog::info("the time is up; the same command continues behind image {}",
                 file.result.images());
  }
  if (!assignment.shard.is_whole()) return;
  print_exhaustive(exhaustive_json(file), options.text("format") == "json");
}

}  // namespace citrine
